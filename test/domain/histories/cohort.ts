import fc from 'fast-check';
import { type Fact, idOf } from '../../support/decider.ts';
import { commandOf, dated, datedCommand, type Histories, organizations, someOrganization } from './history.ts';

const programme = idOf('award-programme', 'p');
const awards = ['b', 'c'].map((letter) => idOf('award', letter));
const conferredOn = (...of: (string | undefined)[]): readonly Fact[] => [
  ['award.conferred', { programme, recipients: of.map((organization) => ({ organization })) }],
];
const shared = idOf('award', 'd');
const count = fc.constantFrom({ min: 2 }, { max: 3 }, { exact: 4 });

export const histories: Histories = {
  opening: commandOf(
    'record-cohort',
    dated(fc.record({ subject: fc.constant('recipients'), programme: fc.constant(programme), count })),
  ),
  act: fc.oneof(
    datedCommand('identify-in-cohort', fc.record({ organization: someOrganization })),
    datedCommand('identify-in-cohort', fc.record({ record: fc.constantFrom(...awards) })),
    datedCommand('identify-in-cohort', fc.record({ record: fc.constant(shared), organization: someOrganization })),
    datedCommand('state-cohort-count', fc.record({ count })),
    datedCommand('reconcile-cohort', fc.record({ exact: fc.integer({ min: 0, max: 5 }) })),
  ),
  beside: {
    [programme]: [
      ['award-programme.opened', { names: [{ value: 'Contest', lang: 'en' }], conferredBy: [idOf('organization')] }],
    ],
    [shared]: conferredOn(...organizations.slice(2, 4)),
    ...Object.fromEntries(awards.map((award, place) => [award, conferredOn(organizations[place])])),
  },
  about: (data) => JSON.stringify({ ...data, on: undefined }),
};
