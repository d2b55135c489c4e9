import fc from 'fast-check';
import { commandOf, date, dated, datedCommand, type Histories, organizations, someOrganization } from './history.ts';

const parties = organizations.slice(0, 3).map((organization) => ({ organization }));
const party = fc.record({ party: fc.oneof(fc.constantFrom(...organizations.slice(0, 4)), fc.constant(2)) });
const mode = fc.constantFrom(undefined, 'definitive', 'subject-to-approval').map((one) => (one ? { mode: one } : {}));
const stated = date.filter((one) => one !== undefined);
const until = stated.map((one) => ({ until: one }));
const effect = stated.map((one) => ({ takesEffectOn: one }));

const statement = fc.integer({ min: 2, max: 6 });
const words = [{ text: 'Article 5 does not apply.', lang: 'en' }];
const inWords = party.map((one) => ({ ...one, words }));

const changes = [{ text: 'The term is ten years.', lang: 'en' }];

/** Both together. */
const both = (one: fc.Arbitrary<object>, other: fc.Arbitrary<object>) =>
  fc.tuple(one, other).map(([first, second]) => ({ ...first, ...second }));

export const histories: Histories = {
  opening: commandOf(
    'register-agreement',
    fc
      .tuple(fc.boolean(), fc.boolean(), fc.oneof(until, fc.constant({})))
      .map(([forSignature, forAccession, term]) => ({
        kind: 'other',
        parties,
        openForSignature: forSignature,
        openForAccession: forAccession,
        ...term,
      })),
  ),
  act: fc.oneof(
    commandOf(
      'add-party',
      fc.subarray(organizations.slice(2), { minLength: 1, maxLength: 2 }).map((added) => ({
        parties: [...added.map((organization) => ({ organization })), { unidentified: 'a trader', lang: 'en' }],
      })),
    ),
    datedCommand('sign-agreement', both(party, mode)),
    datedCommand('sign-agreement', party),
    datedCommand('decline-signature', party),
    datedCommand('withdraw-signature', party),
    datedCommand('confirm-signature', party),
    datedCommand('accede', fc.record({ organization: someOrganization })),
    datedCommand('succeed-party', both(party, fc.record({ successor: someOrganization }))),
    fc.oneof(
      datedCommand('make-reservation', inWords),
      datedCommand('make-declaration', inWords),
      datedCommand('object', both(inWords, fc.record({ statement }))),
      datedCommand('withdraw-reservation', both(party, fc.record({ reservation: statement }))),
      datedCommand('withdraw-declaration', both(party, fc.record({ declaration: statement }))),
      datedCommand('withdraw-objection', both(party, fc.record({ objection: statement }))),
    ),
    datedCommand(
      'enter-into-force',
      fc.boolean().map((provisional) => ({ provisional })),
    ),
    datedCommand(
      'enter-into-force',
      fc.record({ party: fc.constantFrom(...organizations.slice(0, 4)), provisional: fc.boolean() }),
    ),
    commandOf(
      'amend-agreement',
      dated(
        fc.subarray(organizations.slice(0, 4), { minLength: 1 }).map((assents) => ({ changes, assents })),
        'effectiveOn',
      ),
    ),
    datedCommand('renew-agreement', until),
    datedCommand('suspend-agreement', fc.oneof(until, fc.constant({}))),
    datedCommand('resume-agreement'),
    datedCommand('notify-withdrawal', both(party, effect)),
    datedCommand('revoke-notice', party),
    datedCommand('record-withdrawal', party),
    datedCommand('terminate-agreement'),
    datedCommand('expire-agreement'),
    datedCommand('annul-agreement', fc.constant({ reason: 'A party lacked capacity', authority: 'The court' })),
  ),
  // `2` is the second party by its place.
  about: (data) => {
    const { party: of, organization, successor = '' } = data as Record<string, unknown>;
    return `${String(of ?? organization).replace(/^2$/, String(organizations[1]))}${successor}`;
  },
};
