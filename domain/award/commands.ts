import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { decideStep } from '../kernel/decide-step.ts';
import { judgingRules } from '../kernel/judging.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { areSame } from '../record/merges.ts';
import { indexFieldsOf } from '../record/record.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { certainlyBefore, type PartialDate } from '../values/partial-date.ts';
import { byName } from '../values/person.ts';
import { type AwardFact, conferred, declined, reinstated, revoked } from './events.ts';
import { factsByPart, factsOfPart, lifecycle } from './parts.ts';
import {
  type AwardPart,
  type ConferredOn,
  namedRecipients,
  organizationsOf,
  partsIn,
  pointerTo,
  recipientFaults,
} from './recipients.ts';
import type { AwardState } from './state.ts';

/** The organizations that confer the awards of a programme. */
const bodiesOf = (programme: string, { lookup }: Context): readonly string[] => {
  const record = lookup(programme);
  return record ? indexFieldsOf(record).hosts : [];
};

/** The body decides about an award, and not its recipients, unless one of them is the body. */
function decidedByRecipient(award: ConferredOn & Pick<AwardState, 'programme'>, context: Context): Refusal[] {
  const { organization } = context.actor;
  const { lookup } = context;
  const isBody = bodiesOf(award.programme, context).some((body) => areSame(organization, body, lookup));
  const isRecipient = organizationsOf(award).some((one) => areSame(organization, one, lookup));
  return isRecipient && !isBody
    ? [{ rule: 'body-decides', pointer: '', detail: 'the recipient does not decide about its own award' }]
    : [];
}

const conferAward = command({
  name: 'confer-award',
  records: 'award.conferred',
  default: true,
  scope: 'registry/submit',
  summary:
    'Record that an award of a programme was conferred on an organization or a person, or on several who share it',
  rules: [
    'recipient-unclear',
    'recipient-repeated',
    'shares-exceed-whole',
    'cap-recipients',
    'self-conferred',
    'not-self-conferred',
    'body-decides',
    'conferred-already',
  ],
  schema: byName(submitted(conferred), namedRecipients),
  example: {
    programme: '#programme',
    category: 'Design',
    rank: 1,
    recipient: { organization: '#company' },
    on: '2023-02-23?',
    citation: [{ text: 'For the best design of jewellery with lab-grown diamonds', lang: 'en' }],
    evidence,
  },
  decide(data, _none: undefined, context: Context): Result<Decision> {
    const faults = [...recipientFaults(data, context.lookup), ...decidedByRecipient(data, context)];
    if (faults.length > 0) return refused(...faults);
    const bodies = bodiesOf(data.programme, context);
    const itself = organizationsOf(data).find((one) => bodies.some((body) => areSame(one, body, context.lookup)));
    if (itself !== undefined && !data.selfConferred) {
      const detail = 'the recipient is one of the bodies that confer the award: if this is so, state selfConferred';
      return refused({ rule: 'self-conferred', pointer: pointerTo(data, itself), detail });
    }
    if (itself === undefined && data.selfConferred) {
      const detail = 'the recipient is none of the bodies that confer the award';
      return refused({ rule: 'not-self-conferred', pointer: '/selfConferred', detail });
    }
    return accepted({ events: [{ type: 'award.conferred', data }] });
  },
});

function becomes(
  type: Exclude<AwardFact['type'], 'award.conferred'>,
  data: { on?: PartialDate | undefined; recipient?: AwardPart | undefined },
  state: AwardState,
  context: Context,
  own: readonly Refusal[] = [],
): Result<Decision> {
  const { on, recipient } = data;
  if (recipient !== undefined && !partsIn(state).includes(recipient)) {
    const detail = `its recipients are: ${partsIn(state).join(', ')}`;
    return refused({ rule: 'not-a-recipient', pointer: '/recipient', detail });
  }
  // Also what a missing step would excuse: nothing becomes of an award before there is one.
  if (on !== undefined && state.on !== undefined && certainlyBefore(on, state.on)) {
    return refused({ rule: 'not-conferred', pointer: '/on', detail: `it was conferred on ${state.on}` });
  }
  // What is about all of the award is about every part that it can be about.
  const parts = recipient === undefined ? factsByPart(state) : [factsOfPart(state, recipient)];
  const judged = parts.map((facts) => decideStep(lifecycle, facts, { type, data }, context, own));
  return judged.find(({ ok }) => ok) ?? (judged[0] as Result<Decision>);
}

/** Of several recipients each declines its own part. */
function declinedForOthers(
  data: { recipient?: AwardPart | undefined },
  state: AwardState,
  context: Context,
): Refusal[] {
  const isShared = partsIn(state).length > 1;
  const { recipient } = data;
  const isAnothers = typeof recipient !== 'string' || !areSame(context.actor.organization, recipient, context.lookup);
  const detail = 'several share the award: a recipient declines its own part, which recipient names';
  return isShared && isAnothers && decidedByRecipient(state, context).length > 0
    ? [{ rule: 'not-its-part', pointer: '/recipient', detail }]
    : [];
}

const declineAward = command({
  name: 'decline-award',
  records: 'award.declined',
  act: 'decline',
  scope: 'registry/submit',
  summary: 'Record that the recipient did not accept the award',
  rules: [...judgingRules, 'not-conferred', 'not-a-recipient', 'not-its-part'],
  schema: submitted(declined),
  example: { on: '2023-03', reason: 'The company does not take part in contests', evidence },
  decide: (data, state: AwardState, context: Context): Result<Decision> =>
    becomes('award.declined', data, state, context, declinedForOthers(data, state, context)),
});

const revokeAward = command({
  name: 'revoke-award',
  records: 'award.revoked',
  act: 'revoke',
  scope: 'registry/submit',
  summary: 'Record that the award was taken back',
  rules: [...judgingRules, 'not-conferred', 'not-a-recipient', 'body-decides'],
  schema: submitted(revoked),
  example: { on: '2024-01', reason: 'The design was not its own', authority: 'Jury of the contest', evidence },
  decide: (data, state: AwardState, context: Context): Result<Decision> =>
    becomes('award.revoked', data, state, context, decidedByRecipient(state, context)),
});

const reinstateAward = command({
  name: 'reinstate-award',
  records: 'award.reinstated',
  act: 'reinstate',
  scope: 'registry/submit',
  summary: 'Record that the award stands again after it was declined or revoked',
  rules: [...judgingRules, 'not-conferred', 'not-a-recipient', 'body-decides', 'conferred-already'],
  schema: submitted(reinstated),
  example: { on: '2024-06', reason: 'The appeal was granted', evidence },
  decide: (data, state: AwardState, context: Context): Result<Decision> =>
    becomes('award.reinstated', data, state, context, decidedByRecipient(state, context)),
});

export const commands = [conferAward, declineAward, revokeAward, reinstateAward];
