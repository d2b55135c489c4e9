import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';

export type Item = Record<string, NativeAttributeValue>;

interface Answer {
  readonly Items?: Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

/**
 * The items of a Query or a Scan, one answer at a time: it holds 1 MB at most (AWS limit), and may be empty before the
 * last.
 */
export async function* pagesOf(read: (start: Item | undefined) => Promise<Answer>): AsyncGenerator<Item[]> {
  let start: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await read(start);
    yield Items;
    start = LastEvaluatedKey;
  } while (start);
}
