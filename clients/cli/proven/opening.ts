import { rowKey } from '../../../domain/projections/sums.ts';
import type { ReadOutcome } from '../../../domain/reading/question.ts';
import type { ProvenModel } from '../../../domain/row-tree/whole-proof.ts';
import { Unproven } from './unproven.ts';

/** `GET /v1/projections/{name}/proof`: rows as they are, without a query over them. */
const PATH = /^\/v1\/projections\/([^/?]+)\/proof(?:\?|$)/;

export const openingPath = (model: string): string => `/v1/projections/${model}/proof`;
export const isOpening = (path: string): boolean => PATH.test(path);

/** What a raw opening answers from what is shown; undefined for another path. */
export async function openedAnswer(
  pathname: string,
  asked: URLSearchParams,
  models: readonly ProvenModel[],
): Promise<ReadOutcome | undefined> {
  const [, name] = PATH.exec(pathname) ?? [];
  if (name === undefined) return undefined;
  const model = models.find((one) => one.name === name);
  if (!model) throw new Unproven(`there is no proof of rows of "${name}"`);
  const { reader } = model;
  const partition = asked.get('partition') ?? '';
  const sort = asked.get('sort');
  if (sort !== null) {
    const found = await reader.get([{ partition, sort }]);
    const key = rowKey({ partition, sort });
    return { body: { rows: found.has(key) ? [[sort, found.get(key)]] : [], more: false } };
  }
  if (asked.has('count')) return { body: { count: await reader.count(partition) } };
  const { rows, more } = await reader.newest(
    partition,
    asked.get('before') ?? undefined,
    Number(asked.get('limit') ?? 25),
  );
  return { body: { rows: rows.map((row) => [row.sort, row.value]), more } };
}
