import { aggregateOf } from '../../../domain/values/ids.ts';
import { chunksOf } from './chunks.ts';
import { type Entry, idsByName } from './entries.ts';
import { createEqualLines } from './equal-lines.ts';
import type { LineOrdering, Order } from './order.ts';
import { type LineOutcome, refusedLine } from './outcome.ts';
import type { Refused } from './read-file.ts';
import { rehearse } from './rehearse.ts';
import { heldBack, type Run, settle } from './run.ts';
import { type LineStep, runInOrder } from './schedule.ts';
import { type SubmitAnswer, sendAlone } from './send.ts';

/** Sends each command by itself, under a key of its own. */
export async function loadLines(run: Run, ordering: LineOrdering, order: Order): Promise<void> {
  const numbered = createNumbered(run, order);
  /** Commands of a dry run that stand on others which are not there. */
  const later: Entry[] = [];
  let failure: unknown;

  async function step(entry: Entry, isLast: boolean): Promise<LineStep> {
    if (run.outcomes.has(entry)) return 'done';
    const refusals = lackingOf(entry, order, run);
    if (refusals.length > 0) settle(run, { entry, is: 'not-sent', refusals });
    else if (run.isDryRun && standsOnNew(entry)) later.push(entry);
    else return attempt(entry, isLast);
    return 'done';
  }

  async function attempt(entry: Entry, isLast: boolean): Promise<LineStep> {
    run.underWay.add(entry);
    try {
      const answer = await numbered(entry);
      if (!answer.ok && !isLast && !run.isDryRun) return 'again';
      settle(run, outcomeOf(entry, answer, run.isDryRun));
    } catch (error) {
      failure ??= error;
    } finally {
      run.underWay.delete(entry);
    }
    return 'done';
  }

  const isThere = (entry: Entry) => ['there', 'refused', 'not-sent'].includes(run.outcomes.get(entry)?.is ?? '');
  const standsOnNew = (entry: Entry): boolean => ordering.standsOn(entry).some((one) => !isThere(one));

  await runInOrder(order, step, () => failure !== undefined || run.stop.aborted);
  if (failure !== undefined) throw failure;
  const packs = chunksOf(later).map(({ commands }) => commands);
  for (const outcome of (await rehearse(run, ordering, packs)).values()) settle(run, outcome);
}

const outcomeOf = (entry: Entry, answer: SubmitAnswer, isDryRun: boolean): LineOutcome => {
  if (!answer.ok) return { entry, is: 'refused', refusals: answer.refusals };
  const [receipt] = answer.receipts;
  if (!receipt) throw new Error('a command has a receipt');
  return { entry, is: answer.replayed ? 'there' : isDryRun ? 'would' : 'recorded', receipt };
};

const lackingOf = (entry: Entry, { rings }: Order, { outcomes }: Run): Refused[] =>
  rings.has(entry)
    ? [refusedLine(entry, 'unknown-name', 'it waits for a record that waits for this one')]
    : heldBack(entry, outcomes);

/** Sends commands under keys of their content, numbered among those that say the same to the same record. */
function createNumbered(run: Run, { entries }: Order): (entry: Entry) => Promise<SubmitAnswer> {
  const before = run.prefix === undefined ? '' : `${run.prefix}-`;
  const equals = new Map<string, ReturnType<typeof createEqualLines>>();
  const byContent = Map.groupBy(entries, ({ content }) => content);
  const send = (entry: Entry, number: number, isDryRun: boolean) =>
    sendAlone(run, entry, { key: `${before}${entry.content}-${number}`, isDryRun: isDryRun || run.isDryRun });
  return (entry) => {
    const scope = scopeOf(entry);
    const equal = equals.get(scope) ?? createEqualLines(send);
    equals.set(scope, equal);
    const isOpen = (one: Entry) => !run.outcomes.has(one) && [...one.uses.values()].every((named) => named?.id);
    const rest = () => (byContent.get(entry.content) ?? []).filter((one) => isOpen(one) && scopeOf(one) === scope);
    return equal.submit(entry, rest, run.isDryRun);
  };
}

/** Where a key counts: the registry tells keys apart by the record that they act on, or by the one of its kind that they open. */
function scopeOf(entry: Entry): string {
  const { content, meant, naming, command, uses } = entry;
  const { target, data } = naming.withIds(command, idsByName(uses));
  const identity = meant?.definition.act === undefined ? meant?.aggregate.identity?.(data) : undefined;
  const record = aggregateOf(target ?? '') === undefined ? identity : target;
  return JSON.stringify([content, record]);
}
