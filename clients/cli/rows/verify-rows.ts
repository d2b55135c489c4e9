import { READ_MODELS, STATED } from '../../../domain/bookkeeping.ts';
import { toHex } from '../../../domain/log/bytes.ts';
import { isFault } from '../../../domain/log/read.ts';
import { projections } from '../../../domain/projections/projections.ts';
import { type ModelsStatement, readStatement, type StatedModel } from '../../../domain/row-tree/statement.ts';
import { eventIn } from '../compare/fold.ts';
import { counted } from '../counted.ts';
import { LogFault } from '../log/fault.ts';
import { checkpointOf, chooseKey, type SignedCheckpoint } from '../log/keys.ts';
import type { LogSource } from '../log/source.ts';
import { FROM_THE_BEGINNING, walk } from '../log/walk.ts';
import { createProgress } from '../progress.ts';
import { type ExitCode, printJson, type Terminal } from '../usage.ts';
import { createHeldRecords } from './held-records.ts';
import { createModelFold } from './model-fold.ts';

export interface VerifyRowsRequest {
  readonly source: LogSource;
  readonly vkey: string | undefined;
  readonly json: boolean;
  readonly terminal: Terminal;
}

/** What was found of the statements of a log. */
interface Recomputed {
  statements: number;
  /** Trees that were computed anew, and are as stated. */
  trees: number;
  /** The newest statement. */
  last?: { readonly at: number; readonly models: ModelsStatement };
  /** Models that another release states, and how often. */
  readonly unknown: Map<string, number>;
}

/** Recomputes every statement from the log. What it finds is told only of a log that was verified to its end. @throws LogFault */
export async function verifyRows({ source, vkey, json, terminal }: VerifyRowsRequest): Promise<ExitCode> {
  const key = await chooseKey(source, { given: vkey }, terminal);
  const checkpoint = await checkpointOf(source, key);
  const statements = createStatements();
  const progress = createProgress(terminal, 'recomputing', checkpoint.size);
  let fault: LogFault | undefined;
  try {
    for await (const { first, entries, edge } of walk({ source, checkpoint }, FROM_THE_BEGINNING)) {
      for (const [at, entry] of entries.entries()) {
        const position = first + at;
        fault ??= await statements.take(entry, position);
      }
      progress.at(edge.size);
    }
  } finally {
    progress.end();
  }
  if (fault) throw fault;
  report(statements.found, checkpoint, { json, terminal });
  return 0;
}

function createStatements() {
  const recorded = createHeldRecords();
  const folds = new Map(projections.map((one) => [nameOf(one), createModelFold(one, recorded)]));
  const before = new Map<string, StatedModel>();
  const found: Recomputed = { statements: 0, trees: 0, unknown: new Map() };

  /** What is false in an entry, if it is a statement. */
  async function take(entry: Uint8Array, position: number): Promise<LogFault | undefined> {
    const event = { ...eventIn(entry, position), position };
    recorded.add(event);
    if (event.subject !== READ_MODELS || event.type !== STATED) return undefined;
    const read = readStatement(entry);
    if (isFault(read)) return new LogFault(event.id, read.fault, position);
    for (const model of read.value) {
      const what = outOfPlace(model, position, before.get(nameOf(model))) ?? (await falseIn(model));
      if (what !== undefined) return new LogFault(event.id, `of ${nameOf(model)} ${what}`, position);
      before.set(nameOf(model), model);
    }
    found.statements += 1;
    found.last = { at: position, models: read.value };
    return undefined;
  }

  async function falseIn(model: StatedModel): Promise<string | undefined> {
    const name = nameOf(model);
    const fold = folds.get(name);
    if (!fold) {
      found.unknown.set(name, (found.unknown.get(name) ?? 0) + 1);
      return undefined;
    }
    const tree = await fold.treeAt(model);
    found.trees += 1;
    const root = toHex(tree.root);
    if (tree.rows === model.rows && root === model.root) return undefined;
    return `it states ${rowsAndRoot(model)} as of position ${model.position}, and the log gives ${rowsAndRoot({ rows: tree.rows, root })}`;
  }

  return { found, take };
}

const nameOf = ({ name, revision }: Pick<StatedModel, 'name' | 'revision'>): string => `${name}@${revision}`;
const rowsAndRoot = ({ rows, root }: Pick<StatedModel, 'rows' | 'root'>): string =>
  `${counted(rows, 'row')} of root ${root}`;

function outOfPlace({ position }: StatedModel, at: number, before: StatedModel | undefined): string | undefined {
  if (position >= at) return `it tells what was at position ${position}, which comes after it`;
  if (before === undefined || position >= before.position) return undefined;
  return `it goes back to position ${position} from ${before.position}`;
}

function report(
  { statements, trees, last, unknown }: Recomputed,
  { origin, size }: SignedCheckpoint,
  { json, terminal }: Pick<VerifyRowsRequest, 'json' | 'terminal'>,
): void {
  if (json) {
    const others = [...unknown].map(([model, count]) => ({ model, statements: count }));
    printJson(terminal, { holds: true, origin, size, statements, trees, last, ofOtherReleases: others });
    return;
  }
  if (!last) {
    terminal.out(`The log of ${origin} holds: ${size} events, and none of them states what read models hold.`);
    return;
  }
  terminal.out(
    `The log of ${origin} holds: ${size} events, and ${counted(statements, 'statement')} of what read models hold.`,
  );
  terminal.out(`Recomputed from the log: ${counted(trees, 'tree')}, each with the rows and the root that were stated.`);
  terminal.out(`The last statement is at position ${last.at}:`);
  for (const model of last.models) terminal.out(`  ${nameOf(model)}: ${rowsAndRoot(model)} as of ${model.position}`);
  for (const [model, count] of unknown) {
    terminal.err(`${model} is of another release: ${counted(count, 'statement')} of it could not be recomputed.`);
  }
}
