import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from './options.ts';
import type { FunctionSpec } from './specs.ts';

const PROVER = 'functions/prover/';
const EVERY = 50;
/** A registry whose prover fails states nothing: it starts all the same. */
const ATTEMPTS = 200;

export const isProver = ({ entry }: Pick<FunctionSpec, 'entry'>): boolean => entry.startsWith(PROVER);

/** The functions, of which the prover has the interval of this run. */
export const withInterval = (functions: FunctionSpec[], interval: Options['statementInterval']): FunctionSpec[] =>
  functions.map((spec) =>
    isProver(spec) && interval !== 'never'
      ? { ...spec, environment: { ...spec.environment, STATEMENT_INTERVAL: String(interval) } }
      : spec,
  );

/** Resolves when the first statement is sealed; gives up after a while, and at `signal`. */
export async function untilStated(url: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
    const { ok } = await fetch(`${url}/v1/events/read-models/1`);
    if (ok) return;
    await sleep(EVERY);
  }
}
