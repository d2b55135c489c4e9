import type * as z from 'zod';
import type { AnswerProof } from '../../domain/answers/parts.ts';
import { isOfLastRevision } from '../../domain/reading/last-revision.ts';
import type { Question, ReadOutcome, Replayed, RowSources } from '../../domain/reading/question.ts';
import type { Day } from '../../domain/values/partial-date.ts';
import { statedRows } from '../proofs/answer.ts';
import { positionOfModels, type StatedForDeps } from '../proofs/stated.ts';
import type { Stated, StatementsDeps } from '../proofs/statements.ts';
import type { SealedEvent } from '../stores/sealed.ts';
import { createRegister, type RegisterDeps } from './register.ts';
import type { ReplayedCommit } from './replay.ts';
import { asideProblem } from './set-aside.ts';

/** Answers as of a statement, read from the trees over the rows of read models, and what proves them. */

export interface ProvenDeps
  extends Omit<StatedForDeps, 'commits' | 'log'>,
    Pick<StatementsDeps, 'lastKept'>,
    Omit<RegisterDeps, 'reader' | 'log' | 'commits'> {
  readonly commits: StatedForDeps['commits'] & RegisterDeps['commits'];
  readonly log: StatedForDeps['log'] & RegisterDeps['log'];
}

export interface ProvenAnswer<Body extends object> {
  readonly outcome: ReadOutcome<Body>;
  /** The last position that all rows of the answer cover. */
  readonly position: number;
  readonly proof: AnswerProof;
}

/** The events of commits, exactly as they are in the log. */
const entriesOf = (commits: readonly ReplayedCommit[]): SealedEvent[] =>
  commits.flatMap(({ entries, position }) => entries.map((text, index) => ({ text, position: position + index })));

/** What a question has for an answer as of a statement. @throws ProblemError 409 and 503 */
export async function answeredAsOf<Shape extends z.ZodRawShape>(
  stated: Stated,
  question: Question<Shape>,
  { asked, today }: { readonly asked: z.output<z.ZodObject<Shape>>; readonly today: Day },
  deps: ProvenDeps,
): Promise<ProvenAnswer<object>> {
  const { trees, rows, positions, restOn, proof } = await statedRows(stated, question.models, deps);
  const records = trees.find(({ name }) => name === 'records');
  if (!records) throw new Error('every question reads records');
  const aside = records.setAside?.find(({ id }) => id === question.record);
  if (aside) throw asideProblem(aside.id, 'is set aside: no statement holds its last version');
  const register = createRegister({ ...deps, reader: records.beside });
  const sources: RowSources = {
    rows,
    positions,
    isLast: isOfLastRevision(trees),
    today,
    async replayed(row, { after, limit } = { after: 0, limit: row.version }) {
      const replayed = await register.replayed(row);
      restOn(entriesOf(replayed.commits).slice(after, after + limit));
      return replayed satisfies Replayed;
    },
    overtaken: register.overtaken,
  };
  const outcome = await question.answer(asked, sources);
  return { outcome, position: positionOfModels(stated, question.models), proof: await proof() };
}
