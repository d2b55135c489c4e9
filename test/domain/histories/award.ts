import fc from 'fast-check';
import { idOf } from '../../support/decider.ts';
import { commandOf, dated, datedCommand, type Histories, organizations } from './history.ts';

const programme = idOf('award-programme', 'p');
const [body, organization] = organizations;
const reason = 'The jury found so';

export const histories: Histories = {
  opening: commandOf('confer-award', dated(fc.constant({ programme, recipient: { organization } }))),
  act: fc.oneof(
    datedCommand('decline-award'),
    datedCommand('revoke-award', fc.constant({ reason, authority: 'Jury' })),
    datedCommand('reinstate-award'),
  ),
  beside: {
    [programme]: [
      ['award-programme.opened', { names: [{ value: 'Honorary partners', lang: 'en' }], conferredBy: [body] }],
    ],
  },
};
