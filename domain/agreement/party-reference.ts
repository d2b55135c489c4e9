import * as z from 'zod';
import { ref } from '../values/ids.ts';

/** A party of the agreement: its organization, or, for one that is not identified, its place among the parties (1, 2 …). */
export const partyReference = z.union([ref('organization'), z.int().min(1).max(50)]);
