import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';

/** The time of both builds; see `clock.mjs`. */
export interface Clock {
  readonly file: string;
  advance(milliseconds: number): void;
}

/** After every example and every history that the tests know. */
const BEGINNING = Date.parse('2030-01-01T00:00:00.000Z');

export function createClock(file: string): Clock {
  let now = BEGINNING;
  writeFileSync(file, String(now));
  return {
    file,
    advance(milliseconds) {
      now += milliseconds;
      // In place and in one write: a reader never finds the file empty.
      const open = openSync(file, 'r+');
      writeSync(open, String(now), 0);
      closeSync(open);
    },
  };
}
