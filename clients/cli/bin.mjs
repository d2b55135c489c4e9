#!/usr/bin/env node
// `npx registry …`: plain JavaScript for any Node.js from 20.19 on. It hands over to the pinned Node.js 24 (npm package
// `node`), which everything else needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= 24) {
  await import('./main.ts');
} else {
  const pinned = ['node', 'node.exe'].map((name) => here(`../../node_modules/node/bin/${name}`)).find(existsSync);
  if (!pinned) {
    console.error(
      'The Node.js 24 that npm installs for the registry is not there: run `npm ci` without --ignore-scripts.',
    );
    process.exit(1);
  }
  const child = spawn(pinned, [here('main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ends with the command, which may have to say what it has done.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${pinned} does not run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
