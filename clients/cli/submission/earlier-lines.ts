import { withWindow } from '../window.ts';
import { type Chunk, chunksOf } from './chunks.ts';
import { type Entry, idsByName, type Names } from './entries.ts';
import { createFirstKeys, createIdempotencyKeys, wholePiece } from './keys.ts';
import { createLookup, type FoundPiece } from './lookup.ts';
import { refusedLine } from './outcome.ts';
import { type Run, settle } from './run.ts';
import { isUsed, SAME_BUT_FOR_TEXT } from './send.ts';

const IN_FLIGHT = 8;

/**
 * Finds what the earlier version of this client has recorded of a file: it sent lines in blocks, with one key for each. The
 * file is known again as it was then, also with lines added at its end, and with one line added within a block.
 */
export async function settleEarlierLines(run: Run, entries: readonly Entry[], earlier: Names): Promise<void> {
  const [first] = entries;
  if (!first) return;
  const { naming } = first;
  const own = new Set(entries.map(({ command }) => command.as));
  const before = idsByName([...earlier].filter(([name]) => !own.has(name)));
  const known = new Map(before);
  const lookupIn = (chunks: readonly Chunk<Entry>[]) =>
    createLookup(run, createIdempotencyKeys({ naming, prefix: run.filePrefix }, chunks, before), () => known);

  let blocks = chunksOf(entries);
  let lookup = lookupIn(blocks);
  for (let at = 0, wasThere = true; at < blocks.length && !run.stop.aborted; at += 1) {
    let isThere = await take(at);
    // Only where the registry may have something of the file: at its beginning, and behind what was found.
    const other = !isThere && wasThere && run.prefix === undefined ? await otherBlock(blocks.slice(at)) : undefined;
    if (other) {
      const used = new Set(other);
      const rest = blocks.slice(at).flatMap(({ commands }) => commands.filter((entry) => !used.has(entry)));
      blocks = [...blocks.slice(0, at), { number: at + 1, commands: other }, ...chunksOf(rest)];
      lookup = lookupIn(blocks);
      isThere = await take(at);
    }
    wasThere = isThere;
  }

  async function take(at: number): Promise<boolean> {
    let isThere = false;
    for await (const found of lookup.look(wholePiece(blocks[at] as Chunk<Entry>, at))) {
      if (!('answer' in found)) continue;
      isThere = true;
      settleFound(found);
    }
    return isThere;
  }

  function settleFound({ piece, answer }: FoundPiece<Entry>): void {
    const [refusal] = answer.ok || answer.rule !== 'key-reused' ? [] : answer.refusals;
    const why = refusal?.detail ?? SAME_BUT_FOR_TEXT;
    for (const [at, entry] of piece.commands.entries()) {
      const receipt = answer.ok ? answer.receipts[at] : undefined;
      if (receipt) settle(run, { entry, is: 'there', receipt });
      else settle(run, { entry, is: 'refused', refusals: [refusedLine(entry, 'key-reused', why)] });
    }
    if (answer.ok) for (const [name, id] of Object.entries(answer.ids)) known.set(name, id);
  }

  /** What the next block may have been when there were fewer lines: without those behind one of them, or without one. */
  async function otherBlock([block, next]: readonly Chunk<Entry>[]): Promise<readonly Entry[] | undefined> {
    const lines = block?.commands ?? [];
    const keyOf = createFirstKeys(naming, known);
    const more = next?.commands.slice(0, 1) ?? [];
    const candidates = lines.flatMap((_, index) => {
      const without = lines.toSpliced(index, 1);
      const [whole] = more.length > 0 ? chunksOf([...without, ...more]) : [];
      return [lines.slice(0, index), without, ...(whole ? [whole.commands] : [])].filter(({ length }) => length > 0);
    });
    const ask = async (candidate: readonly Entry[]) => ((await isUsed(run, keyOf(candidate))) ? candidate : undefined);
    for await (const found of withWindow(candidates, IN_FLIGHT, ask)) if (found) return found;
    return undefined;
  }
}
