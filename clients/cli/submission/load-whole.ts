import { type Chunk, chunksOf } from './chunks.ts';
import { type Entry, idsByName, type Names } from './entries.ts';
import { createIdempotencyKeys, firstHalf, type Piece, secondHalf, wholePiece } from './keys.ts';
import { bodyOf, createLookup } from './lookup.ts';
import type { LineOrdering } from './order.ts';
import type { LineOutcome } from './outcome.ts';
import { rehearse } from './rehearse.ts';
import { heldBack, type Run, settle } from './run.ts';
import { type SubmitAnswer, sendTogether } from './send.ts';

/** The rules that limit a submission as a whole: half of it may fit. */
const CAPS = [
  'cap-actions',
  'cap-commit-events',
  'cap-commit-bytes',
  'cap-submission-bytes',
  'cap-references',
  'cap-read-bytes',
  'cap-comparisons',
  'cap-chain',
  'cap-commands',
  'cap-values',
  'too-large',
];

/**
 * Records a file as a whole, in as many submissions as it takes. Where it takes several, all of it is judged by dry runs
 * first, and nothing is sent if something would be refused. If something is refused nevertheless, the rest is not sent.
 */
export async function loadWhole(
  run: Run,
  ordering: LineOrdering,
  entries: readonly Entry[],
  earlier: Names,
): Promise<void> {
  const [first] = entries;
  if (!first) return;
  const own = new Set(entries.map(({ command }) => command.as));
  const ids = new Map(idsByName([...earlier].filter(([name]) => !own.has(name))));
  const chunks: Chunk<Entry>[] = chunksOf(entries);
  const keys = createIdempotencyKeys({ naming: first.naming, prefix: run.filePrefix }, chunks, new Map(ids));
  const { look } = createLookup(run, keys, () => ids);
  const left: Piece<Entry>[] = [];
  for (const [at, chunk] of chunks.entries()) {
    for await (const found of look(wholePiece(chunk, at))) {
      if (!('answer' in found)) left.push(found);
      else if (!settleAll(found.piece, found.answer)) return refuseRest();
    }
  }
  const lacking = left.flatMap(({ commands }) => commands).find((entry) => heldBack(entry, run.outcomes).length > 0);
  if (lacking) {
    settle(run, { entry: lacking, is: 'not-sent', refusals: heldBack(lacking, run.outcomes) });
    return refuseRest();
  }
  if ((run.isDryRun || left.length > 1) && !(await holds(left))) return refuseRest();
  if (!run.isDryRun) await land(left);

  /** Judges pieces beforehand. Of a dry run that is all. */
  async function holds(pieces: readonly Piece<Entry>[]): Promise<boolean> {
    const verdicts = [
      ...(
        await rehearse(
          run,
          ordering,
          pieces.map(({ commands }) => commands),
        )
      ).values(),
    ];
    const isBad = ({ is }: LineOutcome) => is === 'refused' || is === 'not-sent';
    const areGood = !verdicts.some(isBad);
    for (const verdict of verdicts) if (isBad(verdict) || (run.isDryRun && areGood)) settle(run, verdict);
    return areGood;
  }

  async function land(pieces: readonly Piece<Entry>[]): Promise<void> {
    const queue = [...pieces];
    for (let piece = queue.shift(); piece && !run.stop.aborted; piece = queue.shift()) {
      const { commands } = piece;
      for (const entry of commands) run.underWay.add(entry);
      const answer = await sendTogether(run, commands, bodyOf(piece, ids), { key: keys.keyOf(piece, ids) });
      for (const entry of commands) run.underWay.delete(entry);
      if (isTooMuch(piece, answer)) {
        const halves = [firstHalf(piece), secondHalf(piece)];
        if (left.length === 1 && piece === left[0] && !(await holds(halves))) return refuseRest();
        queue.unshift(...halves);
      } else if (!settleAll(piece, answer)) {
        return refuseRest();
      }
    }
  }

  /** Tells what became of a piece; whether it is recorded. */
  function settleAll({ commands }: Piece<Entry>, answer: SubmitAnswer): boolean {
    if (answer.ok) {
      for (const [name, id] of Object.entries(answer.ids)) ids.set(name, id);
      for (const [at, entry] of commands.entries()) {
        const receipt = answer.receipts[at];
        if (receipt) settle(run, { entry, is: answer.replayed ? 'there' : 'recorded', receipt });
      }
      return true;
    }
    const { refusals, places } = answer;
    const isAboutAll = places.every((place) => place === undefined);
    for (const [at, entry] of commands.entries()) {
      const own = refusals.filter((_, index) => (isAboutAll ? 0 : places[index]) === at);
      if (own.length > 0) settle(run, { entry, is: 'refused', refusals: own });
    }
    return false;
  }

  function refuseRest(): void {
    for (const entry of entries) if (!run.outcomes.has(entry)) settle(run, { entry, is: 'not-sent', refusals: [] });
  }
}

/** A single command that is too large cannot be halved: its author has to change it. */
const isTooMuch = ({ commands }: Piece<Entry>, answer: SubmitAnswer): boolean =>
  !answer.ok &&
  commands.length > 1 &&
  [answer.rule, ...answer.refusals.map(({ rule }) => rule)].some((rule) => CAPS.includes(rule));
