import { vi } from 'vitest';

/** Waits until an assertion holds: as long as a busy machine needs, and less than a test may take, so that its failure is told. */
export const eventually = (assertion: () => void): Promise<void> =>
  vi.waitFor(assertion, { interval: 10, timeout: 600_000 });
