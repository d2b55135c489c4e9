import { randomUUID } from 'node:crypto';
import { chunksOf } from './chunks.ts';
import { type Entry, idsByName } from './entries.ts';
import type { LineOrdering } from './order.ts';
import { type LineOutcome, refusedLine } from './outcome.ts';
import type { Command } from './read-file.ts';
import { heldBack, type Run } from './run.ts';
import { type SubmitAnswer, sendTogether } from './send.ts';

/** Commands that one request holds (docs/api.md). */
const MAX_COMMANDS = 99;

/**
 * What the registry would say of commands, by dry runs. Commands that are not recorded yet and on which they stand are part
 * of the request; where these are too many, nothing can be said.
 */
export async function rehearse(
  run: Run,
  ordering: LineOrdering,
  packs: readonly (readonly Entry[])[],
): Promise<Map<Entry, LineOutcome>> {
  const outcomes = new Map(run.outcomes);
  const verdicts = new Map<Entry, LineOutcome>();
  for (const pack of packs) await judge(pack);
  return verdicts;

  function decide(outcome: LineOutcome): void {
    outcomes.set(outcome.entry, outcome);
    verdicts.set(outcome.entry, outcome);
  }

  async function judge(given: readonly Entry[]): Promise<void> {
    for (const entry of given) {
      const refusals = heldBack(entry, outcomes);
      if (refusals.length > 0 && !verdicts.has(entry)) decide({ entry, is: 'not-sent', refusals });
    }
    const pack = given.filter((entry) => !verdicts.has(entry));
    if (pack.length === 0 || run.stop.aborted) return;
    const all = withGround(pack);
    if (all === undefined) return divide(pack, TOO_MUCH);
    const key = `rehearsal-${randomUUID()}`;
    const answer = await sendTogether(run, all, commandsOf(all), { key, isDryRun: true });
    if (!answer.ok) return sortOut(pack, all, answer);
    for (const entry of pack) {
      const receipt = answer.receipts[all.indexOf(entry)];
      if (receipt) decide({ entry, is: 'would', receipt });
    }
  }

  /** Refuses the commands of the pack that the answer is about, and judges the others without them. */
  function sortOut(pack: readonly Entry[], all: readonly Entry[], answer: SubmitAnswer & { ok: false }): Promise<void> {
    const { refusals, places } = answer;
    const own = (entry: Entry) => refusals.filter((_, at) => all[places[at] ?? -1] === entry);
    const refused = pack.filter((entry) => own(entry).length > 0);
    for (const entry of refused) decide({ entry, is: 'refused', refusals: own(entry) });
    if (refused.length > 0) return judge(pack);
    const [entry] = pack;
    if (entry && all.length === 1) decide({ entry, is: 'refused', refusals });
    return divide(pack, `together with what it stands on, it is too much for one request (${answer.rule})`);
  }

  async function divide(given: readonly Entry[], why: string): Promise<void> {
    const pack = given.filter((entry) => !verdicts.has(entry));
    const [entry] = pack;
    if (entry && pack.length === 1)
      decide({ entry, is: 'unjudged', refusals: [refusedLine(entry, 'not-judged', why)] });
    if (pack.length <= 1) return;
    const half = Math.ceil(pack.length / 2);
    await judge(pack.slice(0, half));
    await judge(pack.slice(half));
  }

  /** The commands with all that they stand on and that is not there, in their order; none where one request cannot hold it. */
  function withGround(pack: readonly Entry[]): Entry[] | undefined {
    const all = new Set(pack);
    const isNew = (entry: Entry) =>
      !['recorded', 'there', 'refused', 'not-sent'].includes(outcomes.get(entry)?.is ?? '');
    for (const entry of all) {
      for (const one of ordering.standsOn(entry)) if (isNew(one)) all.add(one);
      if (all.size > MAX_COMMANDS) return undefined;
    }
    const [first] = pack;
    if ([...all].some(({ client }) => client !== first?.client)) return undefined;
    const sorted = [...all].sort((one, other) => ordering.placeOf(one) - ordering.placeOf(other));
    return chunksOf(sorted).length === 1 ? sorted : undefined;
  }
}

const TOO_MUCH =
  'what it stands on is not recorded yet, and more than one request holds, or what another client submits';

/** The commands of one submission. Their names are new ones, because files may give the same name to several records. */
function commandsOf(entries: readonly Entry[]): Command[] {
  const nameOf = new Map(entries.map((entry, index) => [entry, `n${index}`]));
  return entries.map((entry) => {
    const { command, uses, naming } = entry;
    const { as: _, ...rest } = command;
    const as = command.as === undefined ? undefined : nameOf.get(entry);
    const names = new Map(
      [...uses].flatMap(([name, named]) => {
        const given = named?.by && nameOf.get(named.by);
        return given === undefined ? [] : [[name, `#${given}`] as const];
      }),
    );
    if (command.as !== undefined) names.set(command.as, `#${as}`);
    const { as: __, ...said } = naming.withIds({ ...command }, idsByName(uses), names);
    return { ...rest, ...said, ...(as !== undefined && { as }) };
  });
}
