// `npm start` runs this file: plain JavaScript for any Node.js from 20.19 on, because npm may use the Node.js of the
// machine. It hands over to the pinned Node.js 24 (npm package `node`), which everything else needs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Node.js ${process.versions.node} is too old for the registry: install Node.js 20.19 or newer, then run npm ci.`,
  );
}

if (major >= 24) {
  module.enableCompileCache?.(here('../../node_modules/.cache/registry/compiled'));
  await import('./main.ts');
} else {
  const pinned = ['node', 'node.exe'].map((name) => here(`../../node_modules/node/bin/${name}`)).find(existsSync);
  if (!pinned) {
    fail(
      'The registry runs on the Node.js 24 that npm installs for it, and it is not there.\n' +
        'Run `npm ci` without --ignore-scripts (an install script puts it in place), or use Node.js 24 or newer yourself.',
    );
  }
  startOn(pinned);
}

/** Runs this file on another Node.js with the same arguments, terminal, signals and exit code. */
function startOn(node) {
  // The child stops by itself when its parent ends, even by kill -9 (watchParent in main.ts).
  const env = { ...process.env, REGISTRY_PARENT: String(process.pid) };
  const child = spawn(node, [here('start.mjs'), ...process.argv.slice(2)], { stdio: 'inherit', env });
  // Windows itself tells both of Ctrl-C, and has no signals: a `kill` there would end the child at once.
  const pass = (signal) => process.platform !== 'win32' && child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, pass);
  child.on('error', (error) => fail(`${node} does not run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
}
