import { runRegistry } from './registry.ts';
import { visible } from './visible.ts';

/** ANSI: back to the beginning of the line, and clear it. */
const CLEAR = '\r\u001b[2K';

// `registry replay | head`: whoever reads has seen enough. What could not be told must not pass for "it holds" (0).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') console.error(error.message);
  process.exit(1);
});
// So that what is to be done at the end is done, such as the removal of temporary files. Whoever listens himself, as
// `doctor` does for its child, ends by himself.
for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
  process.once(signal, () => {
    if (process.listenerCount(signal) === 0) process.exit(code);
  });
}

const code = await runRegistry(process.argv.slice(2), {
  out: (line) => console.log(process.stdout.isTTY ? visible(line) : line),
  err: (line) => console.error(visible(line)),
  redraw: process.stderr.isTTY ? (line) => process.stderr.write(CLEAR + line) : undefined,
  env: process.env,
});
// Not when all is quiet: requests that were under way when a fault was found may take minutes.
process.stdout.write('', () => setImmediate(() => process.exit(code)));
