// Preloaded into both builds (`--import`): one clock for both, which stands still until whoever compares sets it on, and
// salts that follow from it. So the same commands leave the same bytes. Only what names a moment or a salt is replaced:
// timers run as ever. Plain JavaScript, because the Node.js of the machine may load it too.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env.COMPARED_CLOCK;
const RealDate = Date;
const SALT_BYTES = 32;

/** Milliseconds since 1970. */
const now = () => Number(readFileSync(file, 'utf8'));

const clock = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === clock ? target : newTarget),
  apply: (target) => new target(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
globalThis.Date = clock;

const { randomBytes } = crypto;
let moment = 0;
let drawn = 0;
crypto.randomBytes = (size, callback) => {
  if (size !== SALT_BYTES || callback) return randomBytes(size, callback);
  drawn = moment === now() ? drawn + 1 : 0;
  moment = now();
  return crypto.createHash('sha256').update(`${moment} ${drawn}`).digest();
};
syncBuiltinESMExports();
