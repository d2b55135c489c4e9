import { SUMMARY_PARTIES } from '../bounds.ts';
import type { AwardProgrammeState } from './state.ts';

export const listed = ({ edition, period, conferredBy }: AwardProgrammeState): object => ({
  ...(edition !== undefined && { edition }),
  ...(period !== undefined && { period }),
  conferredBy: conferredBy.slice(0, SUMMARY_PARTIES),
});
