import { runRegistry } from './registry.ts';

/** ANSI: back to the beginning of the line, and clear it. */
const CLEAR = '\r\u001b[2K';

// `registry replay | head`: whoever reads has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runRegistry(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  redraw: process.stderr.isTTY ? (line) => process.stderr.write(CLEAR + line) : undefined,
  env: process.env,
});
