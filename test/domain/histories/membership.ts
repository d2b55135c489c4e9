import fc from 'fast-check';
import { idOf } from '../../support/decider.ts';
import { commandOf, date, dated, datedCommand, type Histories } from './history.ts';

const between = { body: idOf('organization', 'b'), organization: idOf('organization', 'c') };
const classed = fc.constantFrom({}, { class: 'full' });
const beginning = dated(classed.map((some) => ({ ...between, ...some })));
const until = date.map((one) => (one === undefined ? {} : { until: one }));

export const histories: Histories = {
  opening: fc.oneof(
    commandOf('admit', beginning),
    commandOf('apply', beginning),
    commandOf('declare-intent', beginning),
    commandOf('refuse', fc.constant({ ...between, on: '2023-02' })),
    commandOf(
      'suspend',
      beginning.map((opened) => ({ ...opened, until: '2025' })),
    ),
    commandOf('lapse', beginning),
    commandOf('resign', beginning),
    commandOf('expel', beginning),
  ),
  act: fc.oneof(
    datedCommand('admit-member', classed),
    datedCommand('apply-anew'),
    datedCommand('declare-new-intent'),
    datedCommand('refuse-applicant'),
    datedCommand('suspend-membership', until),
    datedCommand('reinstate-member'),
    datedCommand('renew-membership'),
    datedCommand('change-class', fc.constant({ class: 'associate' })),
    datedCommand('lapse-membership'),
    datedCommand('resign-membership'),
    datedCommand('expel-member'),
  ),
};
