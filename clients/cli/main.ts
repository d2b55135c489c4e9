import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { CODES } from './stop.ts';
import { visible } from './visible.ts';

/** ANSI: return to the beginning of the line and clear it. */
const CLEAR = '\r\u001b[2K';

let isRead = true;
// EPIPE: the reader has seen enough, as in `registry replay | head`. The exit code is that of a program that the signal
// ends: it must not claim success (0), because part of the result was not read.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    console.error(error.message);
    process.exit(1);
  }
  if (isRead && process.listenerCount('SIGPIPE') > 0) process.emit('SIGPIPE', 'SIGPIPE');
  else if (isRead) process.exit(CODES.SIGPIPE);
  isRead = false;
});
// Nobody is left to be told of it.
process.stderr.on('error', () => {});
// Exits in order, so that temporary files are removed. A command with a listener of its own, such as `doctor` for its
// child, ends by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    if (process.listenerCount(signal) === 0) process.exit(CODES[signal]);
  });
}

// Node.js keeps what it compiled for the next command, and finds it by the content of the files. The folder belongs to the
// installation, because what is in it is run. Where nobody may write there, all goes on without it.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/registry/compiled', import.meta.url)));
const { runRegistry } = await import('./registry.ts');
const code = await runRegistry(process.argv.slice(2), {
  out: (line) => console.log(process.stdout.isTTY ? visible(line) : line),
  err: (line) => console.error(visible(line)),
  redraw: process.stderr.isTTY ? (line) => process.stderr.write(CLEAR + line) : undefined,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  env: process.env,
});
// Does not wait for open requests: those that were running when a fault was found may take minutes.
if (isRead) process.stdout.write('', () => setImmediate(() => process.exit(code)));
else process.exit(code);
