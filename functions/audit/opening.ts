import type * as z from 'zod';
import type { AnswerProof } from '../../domain/answers/parts.ts';
import type { Projection } from '../../domain/projections/projection.ts';
import { openedAnswer } from '../../domain/reading/opening.ts';
import type { openingParameters } from '../http/audit-parameters.ts';
import { parameterRefused } from '../http/parameters.ts';
import { statedRows } from '../proofs/answer.ts';
import { positionOfModels, type StatedForDeps, statedNow } from '../proofs/stated.ts';

type Asked = z.output<z.ZodObject<typeof openingParameters>>;

export interface Opening {
  readonly body: { readonly proof: AnswerProof };
  readonly position: number;
  /** Position of the statement. */
  readonly statement: number;
}

/** Rows of one read model as they are stated, or their number, with the proof: so that anybody can run a query. */
export async function openedRows(model: Projection, asked: Asked, deps: StatedForDeps): Promise<Opening> {
  const { partition, before, limit, sort, count } = asked;
  const [first, second] = [
    before !== undefined && 'before',
    sort !== undefined && 'sort',
    count !== undefined && 'count',
  ].filter((given) => given !== false);
  if (second !== undefined) throw parameterRefused(second, `stands beside \`${first}\`: one of them at a time`);
  const stated = await statedNow([model], undefined, deps);
  const { trees, proof } = await statedRows(stated, [model], deps);
  const [tree] = trees;
  if (!tree) throw new Error(`there is no tree of ${model.name}`);
  const body = await openedAnswer(tree.reader, { partition, before, limit, sort, isCount: count !== undefined });
  return {
    body: { ...body, proof: await proof() },
    position: positionOfModels(stated, [model]),
    statement: stated.position,
  };
}
