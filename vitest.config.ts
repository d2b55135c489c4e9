import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Against what hangs, not against what is slow: at least five times what the longest test takes on an idle machine.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    // Two files at a time: each may run a database of its own.
    maxWorkers: 2,
  },
});
