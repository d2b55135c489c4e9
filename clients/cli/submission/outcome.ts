import * as z from 'zod';
import type { Entry } from './entries.ts';
import type { Refused } from './read-file.ts';

const warning = z.object({ rule: z.string(), record: z.string().optional(), detail: z.string() });

/** The receipt of one command (docs/api.md), with whatever a later release adds to it. */
export const looseReceipt = z.looseObject({
  id: z.string(),
  events: z.array(z.looseObject({ id: z.string(), type: z.string(), leafHash: z.string() })),
  warnings: z.array(warning).optional(),
});
export type LooseReceipt = z.infer<typeof looseReceipt>;

/**
 * What became of one command. `would` and `unjudged` are those of a dry run: the registry would record it; nothing can be
 * said before what it stands on is there. `unanswered` was sent when the run was broken off.
 */
export type LineOutcome = { readonly entry: Entry } & (
  | { readonly is: 'recorded' | 'there' | 'would'; readonly receipt: LooseReceipt }
  | { readonly is: 'refused' | 'not-sent' | 'unjudged'; readonly refusals: readonly Refused[] }
  | { readonly is: 'unanswered' }
);
export type Tell = (outcome: LineOutcome) => void;

export const hasReceipt = (outcome: LineOutcome): outcome is LineOutcome & { readonly receipt: LooseReceipt } =>
  'receipt' in outcome;

/** A refusal of this client, about the command as a whole. */
export const refusedLine = ({ line }: Pick<Entry, 'line'>, rule: string, detail: string): Refused => ({
  line,
  pointer: '',
  rule,
  detail,
});
