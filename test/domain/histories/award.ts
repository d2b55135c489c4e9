import fc from 'fast-check';
import { idOf } from '../../support/decider.ts';
import { commandOf, dated, datedCommand, type Histories, organizations } from './history.ts';

const programme = idOf('award-programme', 'p');
const [body, organization, other] = organizations;
const shared = [
  { organization, share: '1/2' },
  { organization: other, share: '1/4' },
  { unidentified: 'A workshop', lang: 'en' },
];
const whom = fc.constantFrom({ recipient: { organization } }, { recipients: shared });
const reason = 'The jury found so';
const part = fc.constantFrom({}, { recipient: organization }, { recipient: other }, { recipient: 3 });

export const histories: Histories = {
  opening: commandOf('confer-award', dated(whom.map((some) => ({ programme, ...some })))),
  act: fc.oneof(
    datedCommand('decline-award', part),
    datedCommand(
      'revoke-award',
      part.map((some) => ({ ...some, reason, authority: 'Jury' })),
    ),
    datedCommand('reinstate-award', part),
  ),
  about: (data) => String((data as { recipient?: unknown }).recipient),
  beside: {
    [programme]: [
      ['award-programme.opened', { names: [{ value: 'Honorary partners', lang: 'en' }], conferredBy: [body] }],
    ],
  },
};
