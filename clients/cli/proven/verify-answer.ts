import { answerProof } from '../../../domain/answers/proof.ts';
import type { VerifierKey } from '../../../domain/log/note.ts';
import { isFault } from '../../../domain/log/read.ts';
import type { Projection } from '../../../domain/projections/projection.ts';
import { projections } from '../../../domain/projections/projections.ts';
import { givenIn, parametersIn } from '../../../domain/reading/asked.ts';
import { isOfLastRevision } from '../../../domain/reading/last-revision.ts';
import { type ReadModelName, type ReadOutcome, type RowSources, rowsBy } from '../../../domain/reading/question.ts';
import { questionAt } from '../../../domain/reading/question-at.ts';
import type { RowReader } from '../../../domain/reading/row-reader.ts';
import { isNotProven } from '../../../domain/row-tree/proven-reader.ts';
import { type Proven, type ProvenModel, verifyWholeProof } from '../../../domain/row-tree/whole-proof.ts';
import { proofCrypto } from '../log/crypto.ts';
import { differenceFrom, differenceInWords } from './differs.ts';
import { openingProven } from './opening.ts';
import { provenEvents, replayedFrom } from './proven-events.ts';
import { Unproven } from './unproven.ts';

/** What a registry answered, and to what. */
export interface ToldAnswer {
  /** The path with its query, as it was asked for. */
  readonly path: string;
  readonly status: number;
  /** With its proof. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Proofs of pages of a record's history, for the events that the proof of the answer leaves out. */
  readonly further?: readonly unknown[] | undefined;
}

export interface VerifiedAnswer extends Proven {
  /** The last position that the answer covers: of each event up to it, the answer says what follows from it. */
  readonly position: number;
  readonly outcome: ReadOutcome;
  /** Members of the answer that no proof covers. */
  readonly beside: readonly string[];
}

/** What a record's answer says of acts on other records, which its own events do not prove. */
const OF_OTHERS = ['overtaken', 'unjudged'];
/** Parameters that choose the statement or the form, not the answer. */
const OF_PROOFS = ['proof', 'minPosition', 'knownAt'];

/** Answers the question anew from what the proof shows, and compares. @throws Unproven */
export async function verifyAnswer(
  { path, status, body, further = [] }: ToldAnswer,
  key: VerifierKey,
): Promise<VerifiedAnswer> {
  const { proof, ...rest } = body;
  const [{ proven, events, leftOut }, ...others] = await Promise.all([
    readProof(proof, key),
    ...further.map((one) => readProof(one, key)),
  ]);
  const { models } = proven;
  const positions = Object.fromEntries(models.map(({ name, position }) => [name, position]));
  const readerOf = (name: ReadModelName) => models.find((model) => model.name === name)?.reader ?? missing(name);
  const sources: RowSources = {
    rows: rowsBy(readerOf),
    positions,
    isLast: isOfLastRevision(models),
    replayed: replayedFrom([...events, ...others.flatMap((one) => one.events)], leftOut),
    // What it says of acts on other records is not proven; the names under `references` are, of these records, too.
    overtaken: async () => Object.fromEntries(OF_OTHERS.flatMap((name) => (name in rest ? [[name, rest[name]]] : []))),
    // A roster without a day is that of the day that it tells.
    today: typeof rest.on === 'string' ? rest.on : '',
  };
  const outcome = await outcomeOf(path, models, sources);
  const beside = OF_OTHERS.filter((name) => name in rest);
  refuseOther(outcome, rest, status);
  return { ...proven, position: Math.min(...models.map((model) => model.position)), outcome, beside };
}

/** What a proof shows. @throws Unproven */
async function readProof(proof: unknown, key: VerifierKey) {
  const read = answerProof.safeParse(proof);
  if (!read.success) throw new Unproven('the answer has no proof');
  const proven = await verifyWholeProof(read.data, key, proofCrypto);
  if (isFault(proven)) throw new Unproven(proven.fault);
  const { events = [], eventsLeftOut = 0 } = read.data;
  return { proven: proven.value, events: provenEvents(events, proven.value.checkpoint), leftOut: eventsLeftOut };
}

const missing = (name: string): RowReader => {
  const refuse = () => Promise.reject(new Unproven(`the answer needs rows of "${name}", of which there is no proof`));
  return { newest: refuse, get: refuse };
};

async function outcomeOf(path: string, models: readonly ProvenModel[], sources: RowSources): Promise<ReadOutcome> {
  const { pathname, searchParams } = new URL(path, 'http://localhost');
  for (const name of OF_PROOFS) searchParams.delete(name);
  const query = givenIn(searchParams);
  try {
    const opening = await openingProven(pathname, searchParams, models);
    if (opening) {
      for (const model of models) refuseRevision(model, projections);
      return opening;
    }
    const question = questionAt(pathname, query);
    if (!question) throw new Unproven(`nothing is known of how ${pathname} is answered`);
    for (const model of models) refuseRevision(model, question.models);
    const read = parametersIn(query, question.shape);
    if ('refused' in read) return read;
    const refused = question.check?.(read.asked) ?? [];
    return refused.length > 0 ? { refused } : await question.answer(read.asked, sources);
  } catch (error) {
    if (isNotProven(error)) throw new Unproven(error.message);
    throw error;
  }
}

/** The rows of another revision mean something else. @throws Unproven */
function refuseRevision({ name, revision }: ProvenModel, asked: readonly Projection[]): void {
  const projection = asked.find((one) => one.name === name);
  if (!projection) throw new Unproven(`the answer rests on no rows of ${name}@${revision}`);
  if ([projection.revision, ...(projection.reads ?? [])].includes(revision)) return;
  throw new Unproven(`the rows are of ${name}@${revision}, and this release reads ${name}@${projection.revision}`);
}

/** @throws Unproven where the registry tells something else */
function refuseOther(outcome: ReadOutcome, told: Readonly<Record<string, unknown>>, status: number): void {
  if ('body' in outcome) {
    if (status !== 200) throw new Unproven(`the registry answers ${status}, and the rows prove an answer`);
    const difference = differenceFrom(JSON.parse(JSON.stringify(outcome.body)), told);
    if (difference) throw new Unproven(differenceInWords(difference));
    return;
  }
  if ('absent' in outcome && status !== 404) {
    throw new Unproven(`the registry answers ${status}, and the rows prove that ${outcome.absent}`);
  }
  if ('merged' in outcome && told.mergedInto !== outcome.merged.into) {
    throw new Unproven(`the rows prove that ${outcome.merged.id} was merged into ${outcome.merged.into}`);
  }
  if ('refused' in outcome) throw new Unproven('the question has parameters that this release does not take');
}
