import * as z from 'zod';
import { problems, type Rule } from '../problems.ts';
import { type Answer, base64, instant, logPosition, streamVersion } from './parts.ts';
import { proofShown } from './proof.ts';

/** What whoever submits is answered. */

export const ruleShown = z
  .enum(Object.keys(problems) as [Rule, ...Rule[]])
  .meta({ description: 'A rule: `/problems/<rule>` tells what it means' });

export const warningShown = z.object({ rule: ruleShown, record: z.string(), detail: z.string() });

/** The answer to a command: the events that it caused, each with its leaf hash in the log. */
export const receipt = z.object({
  id: z.string().meta({ description: 'The record, or the person' }),
  version: streamVersion.meta({ description: 'Version of the last of the events' }),
  events: z.array(
    z.object({
      id: z.string().meta({ description: '`<stream>/<version>`' }),
      type: z.string(),
      leafHash: base64.meta({ description: 'RFC 6962 leaf hash of the event' }),
    }),
  ),
  recordedAt: instant,
  position: logPosition.exactOptional().meta({ description: 'Position of the last event, once it is sealed' }),
  warnings: z
    .array(warningShown)
    .exactOptional()
    .meta({ description: 'Rules that are not broken and may need attention' }),
});
export type Receipt = Answer<typeof receipt>;

export const submissionReceipt = z.object({
  receipts: z.array(receipt),
  ids: z
    .record(z.string(), z.string())
    .meta({ description: 'The ids of records by the names that the request gave them' }),
});

/** A fault of a request. */
export const faultShown = z.object({
  pointer: z.string().meta({ description: 'JSON pointer (RFC 6901) into the body' }),
  rule: ruleShown,
  detail: z.string(),
});

/** A problem (RFC 9457). */
export const problemShown = z.object({
  type: z.enum(
    Object.keys(problems).map((slug) => `/problems/${slug}`) as [`/problems/${Rule}`, ...`/problems/${Rule}`[]],
  ),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  instance: z.string().meta({ description: 'The path of the request' }),
  errors: z.array(faultShown).exactOptional().meta({ description: 'All faults of the request' }),
  proof: proofShown.meta({ description: 'Of what there is not, with `proof=true`: what proves it' }),
});
export type ProblemShown = Answer<typeof problemShown>;

/** Where a request on a merged organization is to be sent. */
export const mergedAnswer = z.object({
  id: z.string().meta({ description: 'The organization that was merged' }),
  mergedInto: z.string().meta({ description: 'The organization that it is now' }),
  proof: proofShown,
});

/** The page of a problem. */
export const problemPage = z.object({
  type: problemShown.shape.type,
  title: z.string(),
  status: problemShown.shape.status,
  mend: z.string().meta({ description: 'How a client that meets it can mend it' }),
  commands: z.array(z.string()).exactOptional().meta({ description: 'The commands that it can answer' }),
});
