import type { TileEdge } from '../../../domain/log/tiles.ts';
import type { Http } from '../http.ts';
import { createProgress } from '../progress.ts';
import type { Terminal } from '../usage.ts';
import { createFeedComparison } from './compare-feed.ts';
import { LogFault } from './fault.ts';
import { contradiction, forkFrom } from './fork.ts';
import { checkpointOf, chooseKey, type SignedCheckpoint, type TrustedKey } from './keys.ts';
import type { LogSource } from './source.ts';
import { progressIn, readState, type State, saveProgress, saveVerified, type Verified, verifiedIn } from './state.ts';
import { FROM_THE_BEGINNING, walk } from './walk.ts';

/** A run that was interrupted repeats at most this much, about a second of work. */
const BUNDLES_BETWEEN_SAVES = 64;

export interface VerifyRequest {
  readonly source: LogSource;
  readonly vkey?: string | undefined;
  /** Path of the state file. */
  readonly state?: string | undefined;
  /** The registry whose feed is compared with the entries; undefined offline. */
  readonly feed?: Http | undefined;
  readonly terminal: Terminal;
}

export interface Verification {
  readonly key: TrustedKey;
  readonly checkpoint: SignedCheckpoint;
  /** The size of the log that an earlier run verified, and that this log extends. */
  readonly before: number;
  /** The number of entries that this run verified. */
  readonly checked: number;
}

/** Verifies a log against its signed checkpoint and against the one that an earlier run verified. @throws LogFault */
export async function verifyLog(request: VerifyRequest): Promise<Verification> {
  const { source, vkey, terminal } = request;
  const state = request.state === undefined ? undefined : await readState(request.state);
  const key = await chooseKey(source, { given: vkey, saved: state?.vkey }, terminal);
  const verified = await verifiedIn(state, key);
  const checkpoint = await checkpointOf(source, key);
  const fault = verified && contradiction(verified.checkpoint, checkpoint);
  if (fault) throw fault;
  const before = verified?.checkpoint.size ?? 0;
  if (verified && before === checkpoint.size) return { key, checkpoint, before, checked: 0 };
  const { edge, checked } = await extend(request, { key, checkpoint, verified, state });
  if (request.state !== undefined) await saveVerified(request.state, key.text, verified, { checkpoint, edge });
  return { key, checkpoint, before, checked };
}

interface Known {
  readonly key: TrustedKey;
  readonly checkpoint: SignedCheckpoint;
  readonly verified: Verified | undefined;
  readonly state: State | undefined;
}

/** Resumes an interrupted run. If that fails, what the run left may be at fault, so it tries once more without it. */
async function extend(request: VerifyRequest, known: Known): Promise<{ edge: TileEdge; checked: number }> {
  const { verified, checkpoint, state } = known;
  const progress = progressIn(state, verified?.checkpoint.size ?? 0, checkpoint.size);
  try {
    if (progress) return await walkFrom(request, known, progress);
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    request.terminal.err('What the broken-off run left does not hold: verifying from the checkpoint before it.');
  }
  try {
    return await walkFrom(request, known, verified?.edge ?? FROM_THE_BEGINNING.edge);
  } catch (error) {
    if (!(error instanceof LogFault) || !verified) throw error;
    throw (await forkFrom(verified.checkpoint, { source: request.source, checkpoint })) ?? error;
  }
}

async function walkFrom({ source, state, feed, terminal }: VerifyRequest, known: Known, start: TileEdge) {
  const { key, checkpoint, verified } = known;
  const compared = verified?.edge ?? FROM_THE_BEGINNING.edge;
  const comparison = feed && createFeedComparison(feed, start.size);
  const progress = createProgress(terminal, 'verifying', checkpoint.size);
  let edge = start;
  let bundles = 0;
  try {
    for await (const walked of walk({ source, checkpoint }, { edge: start, compared })) {
      await comparison?.compare(walked.first, walked.entries);
      edge = walked.edge;
      progress.at(edge.size);
      bundles += 1;
      const isDue = bundles % BUNDLES_BETWEEN_SAVES === 0 && edge.size < checkpoint.size;
      if (state !== undefined && isDue) await saveProgress(state, key.text, verified, edge);
    }
    comparison?.end();
  } finally {
    progress.end();
    await comparison?.close();
  }
  return { edge, checked: edge.size - start.size };
}
