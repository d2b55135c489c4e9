import { toBase64 } from '../../domain/log/bytes.ts';
import { createHttp } from './http.ts';
import { LogFault, toJson } from './log/fault.ts';
import { directorySource, httpSource } from './log/source.ts';
import { verifyLog } from './log/verify-log.ts';
import { peakMemory } from './memory.ts';
import { COMMON_USAGE, common, moreIn, parseOptions, urlOf } from './options.ts';
import { verifyAnswerFile } from './proven/proof-file.ts';
import { verifyRows } from './rows/verify-rows.ts';
import { type ExitCode, printJson, type Subcommand, type Terminal, UsageError } from './usage.ts';
import { verifyProofFile } from './verify-proof.ts';

const usage = `registry verify [--url URL] [--vkey KEY] [--state FILE] [--no-feed] [--json]
registry verify --offline DIR [--vkey KEY] [--state FILE] [--json]
registry verify --rows [--url URL | --offline DIR] [--vkey KEY] [--json]
registry verify --proof FILE --event FILE --vkey KEY [--json]
registry verify --proof-file FILE --vkey KEY [--seen N] [--note FILE] [--json]

Downloads the published log, recomputes every leaf hash, every tile and the root, and checks the signature of its
checkpoint. It trusts nothing that the registry says, except its key if none is given.

${COMMON_USAGE}
  --vkey KEY     the verifier key of the log, or a file that holds it; without it the one in the state file, else the
                 one that the log publishes, with a warning
  --state FILE   remember what was verified: the next run verifies that the log extends it, and fetches only what is
                 new. A run that was interrupted goes on where it stopped.
  --no-feed      do not compare the events of GET /v1/events with the published entries
  --offline DIR  verify a downloaded copy (registry export): checkpoint, vkey, tile/…
  --rows         fold the log anew, and recompute the rows and the root of every statement of what read models hold
  --proof FILE   verify one proof (C2SP tlog-proof) with the event's exact bytes (--event FILE) and --vkey alone
  --proof-file FILE
                 verify an answer with its proof (registry prove), or a whole proof of rows, with --vkey alone
  --seen N       with --proof-file, the position of a statement that you know: an answer from an earlier one is refused
  --note FILE    with --proof-file, a checkpoint that you know: one of the same size with another root is refused

Example: registry verify --state audit.json
Exit codes: 0 all of it holds; 1 a fault was found (the first position or object is named), or something failed;
2 the command line does not fit.`;

const options = {
  ...common,
  vkey: { type: 'string' },
  state: { type: 'string' },
  offline: { type: 'string' },
  proof: { type: 'string' },
  event: { type: 'string' },
  rows: { type: 'boolean', default: false },
  'proof-file': { type: 'string' },
  seen: { type: 'string' },
  note: { type: 'string' },
  'no-feed': { type: 'boolean', default: false },
} as const;

/** Verifies a published log or a single proof. */
export const verify: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values } = parseOptions(usage, args, options);
    try {
      return await dispatch(values, terminal);
    } catch (error) {
      if (!(error instanceof LogFault && values.json)) throw error;
      printJson(terminal, { holds: false, fault: toJson(error) });
      return 1;
    }
  },
};

type Values = ReturnType<typeof parseOptions<typeof options>>['values'];

async function dispatch(values: Values, terminal: Terminal): Promise<ExitCode> {
  const { proof, event, vkey, json, seen, note, 'proof-file': file } = values;
  if (file !== undefined) {
    if (vkey === undefined) throw new UsageError(`--proof-file takes --vkey.\n${moreIn(usage)}`);
    return verifyAnswerFile({ file, vkey, seen, note, json }, terminal);
  }
  if (seen !== undefined || note !== undefined) throw new UsageError('--seen and --note go with --proof-file.');
  if (proof === undefined && event === undefined) return verifyWhole(values, terminal);
  if (proof === undefined || event === undefined || vkey === undefined) {
    throw new UsageError(`--proof, --event and --vkey belong together.\n${moreIn(usage)}`);
  }
  return verifyProofFile({ proof, event, vkey, json }, terminal);
}

async function verifyWhole(values: Values, terminal: Terminal): Promise<ExitCode> {
  const { offline, vkey, state, json } = values;
  if (offline !== undefined && values.url !== undefined)
    throw new UsageError('--offline and --url exclude each other.');
  const http = offline === undefined ? createHttp(urlOf(values.url, terminal)) : undefined;
  const source = http ? httpSource(http) : directorySource(String(offline));
  if (values.rows) {
    if (state !== undefined) throw new UsageError('--rows reads the whole log: it goes without --state.');
    return verifyRows({ source, vkey, json, terminal });
  }
  const feed = values['no-feed'] ? undefined : http;
  const started = performance.now();
  const { key, checkpoint, before, checked } = await verifyLog({ source, vkey, state, feed, terminal });
  const seconds = (performance.now() - started) / 1000;
  const { origin, size, root } = checkpoint;
  const rate = Math.round(checked / seconds);
  const peak = peakMemory();
  if (json) {
    const verified = { origin, size, root: toBase64(root), vkey: key.text, trustedOnFirstUse: key.isFirstUse };
    const run = { verifiedBefore: before, events: checked, feedCompared: feed !== undefined };
    const cost = { seconds: Number(seconds.toFixed(3)), eventsPerSecond: rate, peakMemoryBytes: peak };
    printJson(terminal, { holds: true, ...verified, ...run, ...cost });
    return 0;
  }
  terminal.out(`The log of ${origin} holds: ${size} events, root ${toBase64(root)}, signed by ${key.text}.`);
  if (size === 0) terminal.out('It is empty: nothing was recorded yet, and the registry has signed that.');
  if (before > 0) terminal.out(`It extends the ${before} events that were verified before.`);
  if (feed) terminal.out('The events that the API tells are those of the log, as far as this run looked.');
  const memory = `${Math.round(peak / 1024 / 1024)} MB of memory at most`;
  terminal.out(`Looked at ${checked} events in ${seconds.toFixed(1)} s (${rate} events/s), ${memory}.`);
  return 0;
}
