import { type Context, command, type Decision } from '../../kernel/aggregate.ts';
import { unless } from '../../kernel/decide-step.ts';
import { judgingRules } from '../../kernel/judging.ts';
import { submitted } from '../../kernel/recorded.ts';
import type { Result } from '../../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../../values/evidence.ts';
import { dayAfter, daysOf, LAST_DAY, type PartialDate } from '../../values/partial-date.ts';
import { amended, enteredIntoForce, renewed, resumed, suspended } from '../events.ts';
import { hasConsented, isBound } from '../lifecycle.ts';
import { partyIndex, partyNumber } from '../parties.ts';
import { afterEnd } from '../rules/end.ts';
import { judgeEntry } from '../rules/entry.ts';
import { type Findings, nothing, refusal, together } from '../rules/findings.ts';
import { mayBeClosed } from '../rules/succession.ts';
import { endsFirst, judgeBegun, judgeTerm } from '../rules/term.ts';
import { partyStatuses } from '../standing.ts';
import type { AgreementState } from '../state.ts';
import type { TermFact } from '../term.ts';

const enterIntoForce = command({
  name: 'enter-into-force',
  records: 'agreement.entered-into-force',
  act: 'enter-into-force',
  scope: 'registry/submit',
  summary: 'Record that the agreement entered into force, for all its parties or for one',
  rules: [
    'not-a-party',
    'already-in-force',
    'contradicts-history',
    'in-force-before-signed',
    'signature-missing',
    'after-termination',
  ],
  schema: submitted(enteredIntoForce),
  example: { on: '2023-02-28', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    return unless(judgeEntry(state, data, context), { type: 'agreement.entered-into-force', data });
  },
});

type Amendment = { readonly assents: readonly (string | number)[]; readonly effectiveOn?: PartialDate | undefined };

/** Parties whose organizations are read, because they may be closed and have not assented. */
const READ_PARTIES = 50;

/** The places of the parties that an amendment is in force for on its day, and that have not assented. */
function dissenting(state: AgreementState, assents: Amendment['assents'], day: string): number[] {
  const assenting = new Set(assents.map((party) => partyIndex(state.parties, party)));
  return partyStatuses(state, day).flatMap((status = 'none', place) =>
    isBound(status) && hasConsented(status) && !assenting.has(place) ? [place] : [],
  );
}

function organizationAt({ parties }: AgreementState, place: number): string | undefined {
  const party = parties[place];
  return party && 'organization' in party ? party.organization : undefined;
}

const dayOfEffect = ({ effectiveOn }: Amendment, today: string) =>
  effectiveOn === undefined ? today : daysOf(effectiveOn).latest;

/** Parties that a refusal names: more, nobody reads. */
const NAMED = 20;

/** Parties by their numbers, and those that joined later by their ids. */
const namedAt = (state: AgreementState, places: readonly number[]): string => {
  const named = places.slice(0, NAMED).map((place) => {
    const number = partyNumber(state.parties, place);
    return number === undefined ? organizationAt(state, place) : `party ${number}`;
  });
  return `${named.join(', ')}${places.length > NAMED ? ` and ${places.length - NAMED} more` : ''}`;
};

/**
 * An amendment takes the assent of every party in force on the day of its effect: not of one whose approval is
 * outstanding, nor of one that may be closed by then.
 */
function assentFindings(state: AgreementState, data: Amendment, context: Context): Findings {
  const day = dayOfEffect(data, context.today);
  const missing = dissenting(state, data.assents, day).filter((place) => {
    const organization = organizationAt(state, place);
    return organization === undefined || !mayBeClosed(organization, day, context);
  });
  return together(
    ...data.assents.map((party, index) =>
      partyIndex(state.parties, party) < 0
        ? refusal('not-a-party', `/assents/${index}`, 'only a party assents')
        : nothing,
    ),
    missing.length === 0 ? nothing : refusal('assent-missing', '/assents', `without: ${namedAt(state, missing)}`),
  );
}

const amend = command({
  name: 'amend-agreement',
  records: 'agreement.amended',
  act: 'amend',
  scope: 'registry/submit',
  summary: 'Record an amendment to which every party in force assented',
  rules: ['not-a-party', 'assent-missing', 'signature-missing', 'after-termination'],
  schema: submitted(amended),
  // Whether it is in force on its day is seen when it is judged: on the last of days all are read that may be missing.
  reads: (data, state: AgreementState) =>
    dissenting(state, data.assents, dayOfEffect(data, LAST_DAY))
      .slice(0, READ_PARTIES)
      .flatMap((place) => organizationAt(state, place) ?? []),
  example: {
    changes: [{ text: 'The warehouse may be used by third parties.', lang: 'en' }],
    effectiveOn: '2023-03-01',
    assents: ['#exchange', '#bank'],
    evidence,
  },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const findings = together(
      assentFindings(state, data, context),
      judgeBegun(state, data.effectiveOn, context),
      afterEnd(state, data.effectiveOn, '/effectiveOn'),
    );
    return unless(findings, { type: 'agreement.amended', data });
  },
});

/** What is set for a term that begins with the fact itself. */
const termFindings = (
  state: AgreementState,
  fact: Omit<TermFact, 'version'>,
  until: PartialDate | undefined,
  context: Context,
): Findings =>
  together(judgeTerm(state, fact, context), judgeBegun(state, fact.on, context), endsFirst(until, fact.on));

const renew = command({
  name: 'renew-agreement',
  records: 'agreement.renewed',
  act: 'renew',
  scope: 'registry/submit',
  summary: 'Record that the agreement was given a new term',
  rules: [...judgingRules, 'already-ended', 'after-termination', 'signature-missing', 'ends-before-it-begins'],
  schema: submitted(renewed),
  example: { until: '2030-12-31', on: '2023-03-01', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.renewed';
    return unless(termFindings(state, { type, on: data.on }, data.until, context), { type, data });
  },
});

const suspend = command({
  name: 'suspend-agreement',
  records: 'agreement.suspended',
  act: 'suspend',
  scope: 'registry/submit',
  summary: 'Record that the operation of the agreement was suspended',
  rules: [...judgingRules, 'not-running', 'after-termination', 'signature-missing', 'ends-before-it-begins'],
  schema: submitted(suspended),
  example: { on: '2023-03-01', until: '2023-06-30', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.suspended';
    const ends = data.until === undefined ? undefined : dayAfter(data.until);
    return unless(termFindings(state, { type, on: data.on, ends }, data.until, context), { type, data });
  },
});

const resume = command({
  name: 'resume-agreement',
  records: 'agreement.resumed',
  act: 'resume',
  scope: 'registry/submit',
  summary: 'Record that a suspended agreement operates again',
  rules: [...judgingRules, 'not-suspended', 'after-termination'],
  schema: submitted(resumed),
  example: { on: '2023-05-01', evidence },
  decide(data, state: AgreementState, context: Context): Result<Decision> {
    const type = 'agreement.resumed';
    return unless(judgeTerm(state, { type, on: data.on }, context), { type, data });
  },
});

export const force = [enterIntoForce, amend, renew, suspend, resume];
