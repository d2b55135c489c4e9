import { expect, it } from 'vitest';
import { createRebuildProgress } from '../../../infra/operator/rebuild-progress.ts';

const at = (position: number) => ({
  build: 'records@10.2',
  position,
  size: 2_000,
  rows: 3 * (position + 1),
  rowsPerSecond: 1_500,
  secondsLeft: undefined,
});

/** What is written when progress is told at these times, each with its position. */
function written(isTTY: boolean, ...told: readonly (readonly [milliseconds: number, position: number])[]): string[] {
  const texts: string[] = [];
  let time = 0;
  const progress = createRebuildProgress({ isTTY, write: (text) => texts.push(text) }, () => time);
  for (const [milliseconds, position] of told) {
    time = milliseconds;
    progress.tell(at(position));
  }
  progress.end();
  return texts;
}

it('tells where a build stands in lines, the last of which says where it ended', () => {
  expect(written(false, [0, -1], [500, 400], [2_500, 1_499], [2_600, 1_999])).toEqual([
    'building records@10.2: 0 of 2,000 events, 0 rows, 1,500 rows/s\n',
    'building records@10.2: 1,500 of 2,000 events, 4,500 rows, 1,500 rows/s\n',
    'building records@10.2: 2,000 of 2,000 events, 6,000 rows, 1,500 rows/s\n',
  ]);
});

it('repeats no line at the end', () => {
  expect(written(false, [0, 1_999])).toHaveLength(1);
  expect(written(false)).toEqual([]);
});

it('draws one line anew on a terminal, and clears it', () => {
  const clear = '\r\u001b[2K';
  expect(written(true, [0, 99], [150, 1_999])).toEqual([
    `${clear}building records@10.2: 100 of 2,000 events, 300 rows, 1,500 rows/s`,
    `${clear}building records@10.2: 2,000 of 2,000 events, 6,000 rows, 1,500 rows/s`,
    clear,
  ]);
});
