import type { Terminal } from './usage.ts';

const CELLS = 30;
const MILLISECONDS_BETWEEN = 100;

export interface ProgressBar {
  /** How much of the total is done. */
  at(done: number): void;
  /** Clears the bar, so that the next output begins on an empty line. */
  end(): void;
}

/** A progress bar on a line of its own; nothing where stderr is no terminal. */
export function createProgress({ redraw }: Pick<Terminal, 'redraw'>, label: string, total: number): ProgressBar {
  if (!redraw) return { at: () => {}, end: () => {} };
  let drawn = 0;
  return {
    at(done) {
      const now = performance.now();
      if (now - drawn < MILLISECONDS_BETWEEN) return;
      drawn = now;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const full = Math.round(share * CELLS);
      const percent = `${Math.floor(share * 100)}`.padStart(3);
      redraw(`${label} ${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${percent} %  ${done} of ${total}`);
    },
    end: () => redraw(''),
  };
}
