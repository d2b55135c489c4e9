import * as z from 'zod';
import { type Context, command, type Decision } from '../aggregate.ts';
import type { EventDraft } from '../event.ts';
import { submitted } from '../recorded.ts';
import { accepted, type Refusal, type Result, refused, type Warning } from '../refusal.ts';
import { certainlyBefore, daysOf } from '../values/partial-date.ts';
import type { Party } from '../values/party.ts';
import { entryIntoForce, registered, signature, signed } from './events.ts';
import { type AgreementState, partyIndex } from './state.ts';

const MAX_PARTIES = 50;
const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];

const registerSchema = z.strictObject({
  ...submitted(registered).shape,
  signatures: z
    .array(signature)
    .min(1)
    .max(50)
    .optional()
    .meta({ description: 'The signatures that the source states' }),
  entryIntoForce: entryIntoForce.optional().meta({ description: 'The entry into force, when the source states it' }),
});
type Register = z.infer<typeof registerSchema>;

/** The same organization cannot stand twice among the parties: an agreement has two distinct ones. */
const repeatedParties = (parties: readonly Party[]): Refusal[] =>
  parties.flatMap((party, index): Refusal[] =>
    'organization' in party && partyIndex(parties, party.organization) < index
      ? [{ rule: 'party-repeated', pointer: `/parties/${index}`, detail: 'the organization stands here twice' }]
      : [],
  );

/** One live signature a party; whoever is no party signs only what is open for signature. */
function signatureFault(
  agreement: { parties: readonly Party[]; openForSignature?: boolean | undefined },
  earlier: readonly { party: string | number }[],
  party: string | number,
  pointer: string,
): Refusal[] {
  const place = partyIndex(agreement.parties, party);
  if (place < 0 && !(agreement.openForSignature && typeof party === 'string')) {
    return [{ rule: 'not-a-party', pointer, detail: 'only a party signs, unless the agreement is open for signature' }];
  }
  const same = (other: string | number) =>
    other === party || (place >= 0 && partyIndex(agreement.parties, other) === place);
  return earlier.some((signature) => same(signature.party))
    ? [{ rule: 'already-signed', pointer, detail: 'this party has signed already' }]
    : [];
}

/** Who signs what is open for signature becomes a party by it. */
const tooManyParties = ({ parties, signatures = [] }: Register): Refusal[] =>
  parties.length + signatures.filter(({ party }) => partyIndex(parties, party) < 0).length > MAX_PARTIES
    ? [{ rule: 'cap-parties', pointer: '/signatures', detail: `an agreement has at most ${MAX_PARTIES} parties` }]
    : [];

/** Entry into force for one party names a party. */
const strangerInForce = ({ entryIntoForce: entry, parties, signatures = [] }: Register): Refusal[] =>
  entry?.party === undefined ||
  partyIndex(parties, entry.party) >= 0 ||
  signatures.some(({ party }) => party === entry.party)
    ? []
    : [
        {
          rule: 'not-a-party',
          pointer: '/entryIntoForce/party',
          detail: 'an agreement enters into force for its parties',
        },
      ];

/** Entry into force does not come before the last required signature, unless it is provisional. */
function entryFaults({ entryIntoForce: entry, signatures = [] }: Register): Refusal[] {
  const entered = entry?.on;
  if (entered === undefined || entry?.provisional) return [];
  return signatures.some(({ on }) => on !== undefined && certainlyBefore(entered, on))
    ? [
        {
          rule: 'in-force-before-signed',
          pointer: '/entryIntoForce/on',
          detail: 'not before the last required signature, unless provisional',
        },
      ]
    : [];
}

/** A missing earlier step refuses only a fact dated on or after the record's opening; before that it is a warning. */
function missingSignatures(data: Register, { id, today }: Context): { refusals: Refusal[]; warnings: Warning[] } {
  const { entryIntoForce: entry, signatures = [], parties } = data;
  const signers = new Set(signatures.map(({ party }) => partyIndex(parties, party)).filter((place) => place >= 0));
  if (!entry || entry.provisional || signers.size >= parties.length) return { refusals: [], warnings: [] };
  const detail = 'not every party is recorded as having signed';
  return entry.on !== undefined && daysOf(entry.on).earliest >= today
    ? { refusals: [{ rule: 'signature-missing', pointer: '/entryIntoForce', detail }], warnings: [] }
    : { refusals: [], warnings: [{ rule: 'signature-missing', record: id, detail }] };
}

const registerAgreement = command({
  name: 'register-agreement',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an agreement in the register, with the signatures and the entry into force that its source states',
  schema: registerSchema,
  example: {
    kind: 'cooperation',
    titles: [{ value: 'Strategic Cooperation Project', lang: 'en' }],
    parties: [{ organization: '#exchange' }, { organization: '#bank' }],
    signatures: [{ party: '#exchange', mode: 'definitive', on: '2023-02-23?' }],
    evidence,
  },
  decide(data, _none: undefined, context: Context): Result<Decision> {
    const { signatures = [], entryIntoForce: entry, ...facts } = data;
    const missing = missingSignatures(data, context);
    const faults = [
      ...repeatedParties(data.parties),
      ...signatures.flatMap(({ party }, index) =>
        signatureFault(data, signatures.slice(0, index), party, `/signatures/${index}/party`),
      ),
      ...tooManyParties(data),
      ...strangerInForce(data),
      ...entryFaults(data),
      ...missing.refusals,
    ];
    if (faults.length > 0) return refused(...faults);
    const events: EventDraft[] = [
      { type: 'agreement.registered', data: facts },
      ...signatures.map((stated) => ({ type: 'agreement.signed', data: { ...stated, evidence: data.evidence } })),
      ...(entry ? [{ type: 'agreement.entered-into-force', data: { ...entry, evidence: data.evidence } }] : []),
    ];
    return accepted({ events, warnings: missing.warnings });
  },
});

const sign = command({
  name: 'sign-agreement',
  act: 'sign',
  scope: 'registry/submit',
  summary: 'Record the signature of a party',
  schema: submitted(signed),
  example: { party: '#bank', mode: 'definitive', on: '2023-02-23?', evidence },
  decide(data, state: AgreementState): Result<Decision> {
    const faults = signatureFault(state, state.signatures, data.party, '/party');
    if (faults.length === 0 && partyIndex(state.parties, data.party) < 0 && state.parties.length >= MAX_PARTIES) {
      return refused({
        rule: 'cap-parties',
        pointer: '/party',
        detail: `an agreement has at most ${MAX_PARTIES} parties`,
      });
    }
    return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type: 'agreement.signed', data }] });
  },
});

export const commands = [registerAgreement, sign];
