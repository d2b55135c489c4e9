import type { RebuildProgress } from '../../functions/rebuild/rebuild.ts';

interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Between two looks of a terminal, and between two lines elsewhere, in milliseconds. */
const REDRAW_EVERY = 100;
const LINE_EVERY = 2_000;

/** A number with its thousands apart. */
export const grouped = (count: number): string => count.toLocaleString('en');

/** Tells where a build stands, and how fast it goes: on one line of a terminal, elsewhere line by line, the last of them always. */
export function createRebuildProgress(output: Output, now: () => number) {
  const every = output.isTTY ? REDRAW_EVERY : LINE_EVERY;
  let told = Number.NEGATIVE_INFINITY;
  let waiting: string | undefined;

  function write(line: string): void {
    output.write(output.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
    waiting = undefined;
  }
  return {
    tell({ build, position, size, rows, rowsPerSecond, secondsLeft }: RebuildProgress): void {
      const left = secondsLeft === undefined ? '' : `, ${grouped(secondsLeft)} s left`;
      const events = `${grouped(position + 1)} of ${grouped(size)} events`;
      waiting = `building ${build}: ${events}, ${grouped(rows)} rows, ${grouped(rowsPerSecond)} rows/s${left}`;
      if (now() - told < every) return;
      told = now();
      write(waiting);
    },
    end(): void {
      if (output.isTTY) output.write('\r\u001b[2K');
      else if (waiting !== undefined) write(waiting);
    },
  };
}
