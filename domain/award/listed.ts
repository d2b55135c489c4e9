import { SUMMARY_PARTIES } from '../bounds.ts';
import { shortened } from '../values/shortened.ts';
import { recipientsOf } from './recipients.ts';
import type { AwardState } from './state.ts';

/** In which category it was conferred, at which place, and on whom: persons are only counted. */
export function listed(state: AwardState): object {
  const { category, rank } = state;
  const recipients = recipientsOf(state);
  const persons = recipients.filter((one) => !('organization' in one || 'unidentified' in one)).length;
  const shown = recipients.flatMap((one): object[] => {
    if ('organization' in one) return [{ organization: one.organization }];
    return 'unidentified' in one ? [{ unidentified: shortened(one.unidentified), lang: one.lang }] : [];
  });
  return {
    ...(category !== undefined && { category }),
    ...(rank !== undefined && { rank }),
    recipients: shown.slice(0, SUMMARY_PARTIES),
    recipientCount: recipients.length,
    ...(persons > 0 && { persons }),
  };
}
