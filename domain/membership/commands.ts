import type * as z from 'zod';
import { type Actor, type Context, command, type Decision } from '../kernel/aggregate.ts';
import { decideStep } from '../kernel/decide-step.ts';
import { judgingRules } from '../kernel/judging.ts';
import { type recorded, submitted, without } from '../kernel/recorded.ts';
import type { Refusal, Result } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { areSame } from '../record/merges.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { certainlyBefore, dayAfter, LAST_DAY, type PartialDate } from '../values/partial-date.ts';
import {
  admitted,
  applicantRefused,
  applied,
  between,
  classChanged,
  ended,
  intentDeclared,
  reinstated,
  renewed,
  suspended,
} from './events.ts';
import { isOfMember, type MembershipStep, membershipLifecycle } from './lifecycle.ts';
import { isLive } from './live.ts';
import { type MembershipState, timed } from './state.ts';

type Between = Pick<MembershipState, 'body' | 'organization'>;
interface Said {
  readonly on?: PartialDate | undefined;
  readonly until?: PartialDate | undefined;
}

/** The body decides on admission, suspension and the rest; the member does not decide that about itself. */
const ownCase = ({ organization }: Actor, two: Between, { lookup }: Context): Refusal[] =>
  areSame(organization, two.organization, lookup)
    ? [{ rule: 'body-decides', pointer: '', detail: 'the body decides this, not the organization itself' }]
    : [];

/** Merges leave memberships between the same two under several ids: one of them lives at a time. */
const liveBeside = ({ id, today, memberships = [] }: Context): Refusal[] =>
  memberships
    .filter((other) => other.id !== id && isLive(other, today))
    .map((other) => ({ rule: 'already-member', pointer: '', detail: `the membership ${other.id} lives` }));

interface Kind {
  readonly type: MembershipStep;
  /** Whether the body decides it. */
  readonly byBody: boolean;
}

function decideFact(
  { type, byBody }: Kind,
  data: Said,
  two: Between,
  state: MembershipState | undefined,
  context: Context,
): Result<Decision> {
  const itself: Refusal[] = areSame(two.body, two.organization, context.lookup)
    ? [{ rule: 'member-of-itself', pointer: '/organization', detail: 'it is the body itself' }]
    : [];
  const livesBeside = revives.includes(type) ? liveBeside(context) : [];
  const ends = data.until === undefined ? undefined : dayAfter(data.until);
  const endsFirst: Refusal[] =
    data.on !== undefined && data.until !== undefined && certainlyBefore(data.until, data.on)
      ? [{ rule: 'ends-before-it-begins', pointer: '/until', detail: `it began on ${data.on}` }]
      : [];
  const own = [...itself, ...endsFirst, ...(byBody ? ownCase(context.actor, two, context) : []), ...livesBeside];
  // Who opens a membership with what happened to a member says what the source does: nobody has to invent an admission.
  const mayMissSteps = state === undefined && isOfMember(type);
  const judged = mayMissSteps ? { ...context, opened: LAST_DAY } : context;
  return decideStep(membershipLifecycle, state ? timed(state) : [], { type, data, ends }, judged, own);
}

/** The steps after which there is a live membership. */
const revives: readonly MembershipStep[] = ['membership.admitted', 'membership.reinstated'];

const rulesOf = ({ type, byBody }: Kind): Rule[] => [
  ...judgingRules,
  ...[membershipLifecycle.steps[type].rule ?? []].flat(),
  ...(type === 'membership.suspended' ? (['ends-before-it-begins'] as const) : []),
  ...(revives.includes(type) ? (['already-member', 'cap-actions'] as const) : []),
  ...(byBody ? (['body-decides'] as const) : []),
];

const exampleBetween = { body: '#body', organization: '#company' };

/** Whatever opens the membership names the two that it is between. */
type Opening<Shape extends z.ZodRawShape> = z.ZodObject<
  Omit<Shape, keyof Between | 'speaksAs' | 'mentions'> & typeof between,
  z.core.$strict
>;

/** A command that opens the membership or begins a further period of it, and the same as an act on an existing one. */
function begins<
  Shape extends typeof recorded & z.ZodRawShape,
  const Name extends string,
  const Again extends string,
  const Default extends true | undefined = undefined,
>(
  name: Name,
  again: Again,
  summary: string,
  kind: Kind & { readonly schema: z.ZodObject<Shape>; readonly example: object; readonly default?: Default },
) {
  const schema = submitted(kind.schema);
  const opening = schema.extend(between) as unknown as Opening<Shape>;
  const common = {
    scope: 'registry/submit',
    summary,
    rules: [...new Set([...rulesOf(kind), 'member-of-itself', 'cap-actions'] as const)],
  } as const;
  const opener = command({
    ...common,
    name,
    records: kind.type,
    ...(kind.default && { default: kind.default }),
    schema: opening,
    example: { ...exampleBetween, ...kind.example, evidence },
    decide: (data, state: MembershipState | undefined, context: Context) =>
      decideFact(kind, data as Said, data as unknown as Between, state, context),
  });
  const act = command({
    ...common,
    name: again,
    records: kind.type,
    act: name,
    schema: without(schema, 'body', 'organization'),
    example: { ...kind.example, evidence },
    decide(data: object, state: MembershipState, context: Context) {
      const { body, organization } = state;
      // What tells of a member names the two only where it opens the membership.
      const said = isOfMember(kind.type) ? data : { ...data, body, organization };
      return decideFact(kind, said, state, state, context);
    },
  });
  return [opener, act];
}

/** An act on a membership that is there. */
const happens = <Shape extends typeof recorded & z.ZodRawShape, const Act extends string, const Name extends string>(
  act: Act,
  name: Name,
  summary: string,
  kind: Kind & { readonly schema: z.ZodObject<Shape>; readonly example: object },
) =>
  command({
    name,
    act,
    records: kind.type,
    scope: 'registry/submit',
    summary,
    rules: rulesOf(kind),
    schema: submitted(kind.schema),
    example: { ...kind.example, evidence },
    decide: (data, state: MembershipState, context: Context) => decideFact(kind, data as Said, state, state, context),
  });

export const commands = [
  ...begins('admit', 'admit-member', 'Record that a body admitted an organization', {
    type: 'membership.admitted',
    byBody: true,
    default: true,
    schema: admitted,
    example: { class: 'full', on: '2023-02-23' },
  }),
  ...begins('declare-intent', 'declare-new-intent', 'Record that an organization declared its intent to join a body', {
    type: 'membership.intent-declared',
    byBody: false,
    schema: intentDeclared,
    example: { on: '2023-02-23?' },
  }),
  ...begins('apply', 'apply-anew', 'Record that an organization applied for membership in a body', {
    type: 'membership.applied',
    byBody: false,
    schema: applied,
    example: { on: '2023-02-24' },
  }),
  ...begins('refuse', 'refuse-applicant', 'Record that a body refused to admit an organization', {
    type: 'membership.refused',
    byBody: true,
    schema: applicantRefused,
    example: { on: '2023-02-25' },
  }),
  ...begins('suspend', 'suspend-membership', 'Record that the body suspended the membership', {
    type: 'membership.suspended',
    byBody: true,
    schema: suspended,
    example: { on: '2023-06-01', until: '2023-08-31', reason: 'Dues not paid' },
  }),
  happens('reinstate', 'reinstate-member', 'Record that the body reinstated a suspended or lapsed membership', {
    type: 'membership.reinstated',
    byBody: true,
    schema: reinstated,
    example: { on: '2023-07-01' },
  }),
  happens('renew', 'renew-membership', 'Record that the membership was renewed', {
    type: 'membership.renewed',
    byBody: true,
    schema: renewed,
    example: { on: '2024-01-01' },
  }),
  happens('change-class', 'change-class', 'Record that the membership is of another class', {
    type: 'membership.class-changed',
    byBody: true,
    schema: classChanged,
    example: { class: 'associate', on: '2023-07-01' },
  }),
  ...begins('lapse', 'lapse-membership', 'Record that the membership lapsed', {
    type: 'membership.lapsed',
    byBody: true,
    schema: ended,
    example: { on: '2023-12-31' },
  }),
  ...begins('resign', 'resign-membership', 'Record that the member resigned', {
    type: 'membership.resigned',
    byBody: false,
    schema: ended,
    example: { on: '2023-12-31' },
  }),
  ...begins('expel', 'expel-member', 'Record that the body expelled the member', {
    type: 'membership.expelled',
    byBody: true,
    schema: ended,
    example: { on: '2023-12-31', reason: 'Breach of the rules' },
  }),
];
