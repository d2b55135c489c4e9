import fc from 'fast-check';
import { commandOf, date, dated, datedCommand, type Histories, someOrganization } from './history.ts';

const ceremony = dated(fc.constant({ kind: 'forum' }));
const role = fc.record({ organization: someOrganization, role: fc.constantFrom('guest', 'host') });
const newDate = date.map((to) => ({ to: to ?? '2023-05' }));

export const histories: Histories = {
  opening: fc.oneof(commandOf('announce-ceremony', ceremony), commandOf('record-ceremony', ceremony)),
  act: fc.oneof(
    datedCommand('assign-role', role),
    datedCommand(
      'assign-role',
      role.map((one) => ({ ...one, until: '2024' })),
    ),
    datedCommand('withdraw-role', role),
    datedCommand('reschedule-ceremony', newDate),
    datedCommand('postpone-ceremony'),
    datedCommand('cancel-ceremony'),
    datedCommand('open-ceremony'),
    datedCommand('conclude-ceremony'),
  ),
  // Two reschedulings of one day are two facts of one type and day, whatever their new dates.
  about: (data) => JSON.stringify({ ...data, on: undefined, to: undefined }),
};
