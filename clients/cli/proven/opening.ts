import { openedAnswer } from '../../../domain/reading/opening.ts';
import type { ReadOutcome } from '../../../domain/reading/question.ts';
import type { ProvenModel } from '../../../domain/row-tree/whole-proof.ts';
import { Unproven } from './unproven.ts';

/** `GET /v1/projections/{name}/proof`: rows as they are, without a query over them. */
const PATH = /^\/v1\/projections\/([^/?]+)\/proof(?:\?|$)/;

export const openingPath = (model: string): string => `/v1/projections/${model}/proof`;
export const isOpening = (path: string): boolean => PATH.test(path);

/** What a raw opening answers from what is shown; undefined for another path. */
export async function openingProven(
  pathname: string,
  asked: URLSearchParams,
  models: readonly ProvenModel[],
): Promise<ReadOutcome | undefined> {
  const [, name] = PATH.exec(pathname) ?? [];
  if (name === undefined) return undefined;
  const model = models.find((one) => one.name === name);
  if (!model) throw new Unproven(`there is no proof of rows of "${name}"`);
  const given = (parameter: string) => asked.get(parameter) ?? undefined;
  const opening = {
    partition: given('partition') ?? '',
    before: given('before'),
    limit: Number(given('limit') ?? 25),
    sort: given('sort'),
    isCount: asked.has('count'),
  };
  return { body: await openedAnswer(model.reader, opening) };
}
