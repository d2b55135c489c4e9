/** Statements of what read models hold, as they stand in the log: events `read-models.stated` of the stream `read-models`. */
import { fault, isFault, type Read, value } from '../log/read.ts';
import { readCanonical } from './canonical-json.ts';
import type { ModelId } from './proof-header.ts';

/** What a statement says of one model: the rows that follow from all events up to `position`. */
export interface StatedModel extends ModelId {
  /** Of the last event applied: the end of a commit, before the statement itself. */
  readonly position: number;
  readonly rows: number;
  /** 64 hexadecimal digits. */
  readonly root: string;
  /** Records that the rows have as of an earlier version; 0: not at all. */
  readonly setAside?: readonly { readonly id: string; readonly version: number }[];
}

/** The models of a statement, sorted by name and revision. */
export type ModelsStatement = readonly StatedModel[];

/** The last position that any model covers, under which the pack of the statement is kept; -1 without a model. */
export const reachedBy = (models: readonly Pick<StatedModel, 'position'>[]): number =>
  Math.max(-1, ...models.map(({ position }) => position));

/** What identifies a statement among the events of the log. */
const STATEMENT = { type: 'read-models.stated', subject: 'read-models', actor: 'registry' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The statement that an entry of the log is. */
export function readStatement(entry: Uint8Array): Read<ModelsStatement> {
  const text = decoded(entry);
  const read = text === undefined ? fault('it is not UTF-8') : readCanonical(text);
  if (isFault(read)) return fault(`the entry of the log: ${read.fault}`);
  const event = read.value as Record<string, unknown> | null;
  const isStatement = Object.entries(STATEMENT).every(([name, expected]) => event?.[name] === expected);
  if (!isStatement) return fault('the entry of the log is no statement of read models');
  const { models } = (event?.data ?? {}) as { models?: unknown };
  return Array.isArray(models) && models.every(isStatedModel)
    ? value(models)
    : fault('the statement does not say what read models hold');
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0;

function isStatedModel(model: unknown): model is StatedModel {
  const { name, revision, position, rows, root, setAside = [] } = (model ?? {}) as Partial<StatedModel>;
  const isRoot = typeof root === 'string' && /^[0-9a-f]{64}$/.test(root);
  const isAside = (one: { id?: unknown; version?: unknown } | null) =>
    typeof one?.id === 'string' && isCount(one.version);
  const counts = [revision, position, rows];
  return (
    typeof name === 'string' && isRoot && counts.every(isCount) && Array.isArray(setAside) && setAside.every(isAside)
  );
}

/** What a statement says of a model. One that says two things of it says nothing. */
export function statedModel(statement: ModelsStatement, name: string, revision: number): Read<StatedModel> {
  const [model, ...others] = statement.filter((one) => one.name === name && one.revision === revision);
  if (!model) return fault(`the statement says nothing of ${name}@${revision}`);
  return others.length === 0 ? value(model) : fault(`the statement says two things of ${name}@${revision}`);
}
