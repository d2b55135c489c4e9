import { type Terminal, UsageError } from '../usage.ts';
import type { ProvenReads } from './proven-reads.ts';

/** The options of commands that read, and their part of the usage. */
export const provingOptions = { prove: { type: 'boolean', default: false }, vkey: { type: 'string' } } as const;
export const PROVING_USAGE = `  --prove        print only what its proof shows to be complete and right, as of the last statement of what read models hold,
                 which is about a minute old; then say as of when, and what has changed since
  --vkey KEY     with --prove, the verifier key of the log, or a file that holds it (else the one that the log publishes)`;

/** What `--prove` asks for. @throws UsageError */
export async function provingAsked(
  { prove, vkey }: { readonly prove: boolean; readonly vkey?: string | undefined },
  terminal: Terminal,
): Promise<ProvenReads | undefined> {
  if (!prove && vkey !== undefined) throw new UsageError('--vkey goes with --prove.');
  // It knows how everything is answered: it is loaded only where it is needed.
  return prove ? (await import('./proving.ts')).createProving(vkey, terminal) : undefined;
}
