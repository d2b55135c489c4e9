import { setTimeout as sleep } from 'node:timers/promises';
import { digestAfter, EMPTY_DIGEST } from '../../../domain/projections/digest.ts';
import type { Projection } from '../../../domain/projections/projection.ts';
import { projectionByName, projections } from '../../../domain/projections/projections.ts';
import type { Http } from '../http.ts';
import { digest } from '../log/crypto.ts';
import { checkpointOf, chooseKey, type SignedCheckpoint, type TrustedKey } from '../log/keys.ts';
import { httpSource } from '../log/source.ts';
import { FROM_THE_BEGINNING, walk } from '../log/walk.ts';
import { createProgress } from '../progress.ts';
import { type ExitCode, Failure, printJson, type Terminal, UsageError } from '../usage.ts';
import { type Buckets, createScratch } from './buckets.ts';
import { type RowFault, rowFaults } from './differences.ts';
import { bucketsFor, foldedRows, partition, takenNow } from './fold.ts';
import { PositionMoved, readServed, refuseMoved, type Served } from './served.ts';

export interface CompareRequest {
  readonly http: Http;
  /** The name of the projection. */
  readonly name: string;
  readonly to: number | undefined;
  readonly vkey: string | undefined;
  /** Reads the rows even if the served digest is right: the registry stores it beside the rows. */
  readonly rows: boolean;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** How often the comparison starts over when a busy registry moves on. */
const STARTS = 5;
/** How many differing rows are printed. */
const MOST_FAULTS = 1000;
const PUBLISHED_WITHIN_SECONDS = 30;

interface Comparison extends Served {
  readonly folded: string;
  readonly checkpoint: SignedCheckpoint;
  readonly faults: readonly RowFault[];
  /** The number of all differing rows; `faults` are the first of them. */
  readonly faultCount: number;
  /** Those of the records set aside that this release can take. */
  readonly taken: ReadonlySet<string>;
}

/** Folds the published log and compares a served read model with it. */
export async function compare(request: CompareRequest): Promise<ExitCode> {
  const projection = projectionByName(request.name);
  if (!projection) {
    const known = projections.map(({ name }) => name).join(', ');
    throw new UsageError(`There is no projection "${request.name}"; there are: ${known}.`);
  }
  const source = httpSource(request.http);
  const key = await chooseKey(source, { given: request.vkey }, request.terminal);
  for (let start = 1; ; start += 1) {
    try {
      return report(request, await compareOnce(request, projection, key));
    } catch (error) {
      if (!(error instanceof PositionMoved) || start === STARTS) throw error;
      request.terminal.err(`${error.message} Starting over.`);
    }
  }
}

async function compareOnce(request: CompareRequest, projection: Projection, key: TrustedKey): Promise<Comparison> {
  const { http, name, to } = request;
  const served = await readServed(http, name);
  if (served.revision !== projection.revision) {
    const what = `The registry serves revision ${served.revision} of "${name}"; this release folds ${projection.revision}.`;
    throw new Failure(what);
  }
  if (to !== undefined && to !== served.position) {
    throw new Failure(`The read model "${name}" stands at position ${served.position}, not at ${to}.`);
  }
  const scratch = await createScratch();
  try {
    const events = scratch.buckets('events', bucketsFor(served.position + 1));
    const checkpoint = await collect(request, key, served.position, events);
    let folded = EMPTY_DIGEST;
    const setAside = new Map(served.setAside.map(({ id, version }) => [id, version]));
    for await (const rows of foldedRows(projection, events, setAside)) folded = digestAfter(digest, folded, [], rows);
    const faults: RowFault[] = [];
    let faultCount = 0;
    if (request.rows || folded !== served.digest) {
      for await (const fault of rowFaults(http, projection, { ...served, setAside }, events, scratch)) {
        faultCount += 1;
        if (faultCount <= MOST_FAULTS) faults.push(fault);
      }
      await refuseMoved(http, name, served);
    }
    const taken = setAside.size > 0 ? await takenNow(projection, events, setAside) : new Set<string>();
    return { ...served, folded, checkpoint, faults, faultCount, taken };
  } finally {
    await scratch.remove();
  }
}

/** Collects the published entries up to a position. They are proved only because the walk goes on to its end. */
async function collect({ http, terminal }: CompareRequest, key: TrustedKey, position: number, events: Buckets) {
  const source = httpSource(http);
  const checkpoint = await publishedCheckpoint(source, key, position);
  if (position < 0) return checkpoint;
  const progress = createProgress(terminal, 'reading', checkpoint.size);
  try {
    for await (const { first, entries, edge } of walk({ source, checkpoint }, FROM_THE_BEGINNING)) {
      await partition(events, first, entries, position);
      progress.at(edge.size);
    }
  } finally {
    progress.end();
  }
  return checkpoint;
}

async function publishedCheckpoint(source: ReturnType<typeof httpSource>, key: TrustedKey, position: number) {
  for (let seconds = 0; ; seconds += 1) {
    const checkpoint = (await source.object('checkpoint')) && (await checkpointOf(source, key));
    if (checkpoint && checkpoint.size > position) return checkpoint;
    if (seconds === PUBLISHED_WITHIN_SECONDS) {
      throw new Failure(
        `Position ${position} is not published: the log ends at ${checkpoint ? checkpoint.size : 0} events.`,
      );
    }
    await sleep(1000);
  }
}

function report({ name, json, rows, terminal }: CompareRequest, comparison: Comparison): ExitCode {
  const { position, digest, folded, faults, faultCount, checkpoint, setAside, taken } = comparison;
  const isSame = digest === folded && faultCount === 0;
  if (json) {
    const compared = {
      same: isSame,
      projection: name,
      position,
      folded,
      served: digest,
      logSize: checkpoint.size,
      rowsRead: rows || digest !== folded,
      setAside: setAside.map((one) => ({ ...one, taken: taken.has(one.id) })),
    };
    printJson(terminal, { ...compared, differences: faultCount, rows: faults });
    return isSame ? 0 : 1;
  }
  if (isSame) {
    const of = rows ? 'all of its rows and the digest' : 'by the digest that it tells';
    terminal.out(`The read model "${name}" follows from the log up to position ${position}, ${of}: ${digest}.`);
    const behind = checkpoint.size - 1 - position;
    if (behind > 0)
      terminal.out(`It is behind: the log has ${behind} events more, up to position ${checkpoint.size - 1}.`);
    for (const line of asideLines(comparison)) terminal.out(line);
    return 0;
  }
  terminal.err(`The read model "${name}" does not follow from the log up to position ${position}:`);
  if (digest !== folded) terminal.err(`digest ${folded} folded, ${digest} served.`);
  else terminal.err('the digest that it tells does, but not the rows that it serves.');
  if (faultCount === 0) terminal.err('Its rows do follow: only the digest that it tells is another one.');
  for (const fault of faults) terminal.out(sentence(fault));
  if (faultCount > faults.length) terminal.err(`… ${faultCount - faults.length} more.`);
  return 1;
}

/** Who was set aside, so that its rows are of an earlier version, and whether this release could take it. */
function asideLines({ setAside, taken }: Comparison): string[] {
  if (setAside.length === 0) return [];
  const records = setAside.length === 1 ? '1 record is' : `${setAside.length} records are`;
  return [
    `${records} set aside, and compared as of an earlier version; this release could take ${taken.size} of them:`,
    ...setAside.map(({ id, version, position, reason }) => {
      const could = taken.has(id) ? 'could be taken' : 'could not';
      return `  ${id} at version ${version}, since position ${position} (${reason}): ${could}`;
    }),
  ];
}

function sentence({ partition, sort, folded, served }: RowFault): string {
  const key = `${partition} ${sort}`;
  if (served === undefined) return `- ${key}: follows from the log, and is not served: ${JSON.stringify(folded)}`;
  if (folded === undefined) return `+ ${key}: is served, and does not follow from the log: ${JSON.stringify(served)}`;
  return `≠ ${key}: ${JSON.stringify(folded)} follows, ${JSON.stringify(served)} is served`;
}
