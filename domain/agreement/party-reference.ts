import * as z from 'zod';
import { ref } from '../values/ids.ts';

/** Parties of one agreement, at most. */
export const MAX_PARTIES = 1_000;

/**
 * A party of the agreement: its organization, or, for one that is not identified, its number among those that it was
 * registered with or that were added (1, 2 …).
 */
export const partyReference = z.union([ref('organization'), z.int().min(1).max(MAX_PARTIES)]);
