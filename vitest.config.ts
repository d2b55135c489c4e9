import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, longest first. They start before all others: a long file that is left for the end keeps one
 * worker busy while the other one has nothing to do. Vitest itself knows only how large a file is, until it has run it once.
 */
const LONGEST = [
  'test/worst-case/worst-case.test.ts',
  'test/system/tlog.test.ts',
  'test/functions/commands/bad-input.test.ts',
  'test/functions/simulation.test.ts',
  'test/growth/growth.test.ts',
  'test/growth/reads-at-size.test.ts',
  'test/system/engines.test.ts',
  'test/clients/commands.test.ts',
  'test/functions/openapi.test.ts',
  'test/system/doctor.test.ts',
  'test/functions/overtaken/interleavings.test.ts',
  'test/system/kill.test.ts',
  'test/domain/order.test.ts',
  'test/infra/local/routes.test.ts',
  'test/system/erased-names.test.ts',
  'test/system/start.test.ts',
  'test/functions/commands/caps.test.ts',
  'test/system/clean-stop.test.ts',
  'test/domain/order-of-facts.test.ts',
  'test/functions/projector/projector.test.ts',
  'test/functions/commands/authorization.test.ts',
  'test/functions/doctor/restores.test.ts',
  'test/examples/known-at.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const gone = LONGEST.filter((file) => !existsSync(new URL(file, import.meta.url)));
    if (gone.length > 0) throw new Error(`vitest.config.ts names files that are not there: ${gone.join(', ')}`);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Against what hangs, not against what is slow: at least five times what the longest test takes on an idle machine.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    // Two files at a time: each may run a database of its own.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
