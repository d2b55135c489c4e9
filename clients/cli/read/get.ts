import { COMMON_USAGE, common, onlyArgument, parseOptions } from '../options.ts';
import { PROVING_USAGE, provingAsked, provingOptions } from '../proven/proving-options.ts';
import { Failure, printJson, type Subcommand } from '../usage.ts';
import { askedFor, orFailure, readingFrom } from './asked.ts';
import { outlineOf } from './outline.ts';

const usage = `registry get ID|NUMBER [--known-at TIME] [--valid-on DAY] [--prove] [--url URL] [--json]

Prints one record: its state, and all that is recorded of it, with the names of the records that it refers to.

${COMMON_USAGE}
  --known-at T   what the registry knew then: a position of the log, or an instant such as 2026-11-24T09:30:00Z
  --valid-on D   as things stood on that day, such as 2023-03-01
${PROVING_USAGE}

Example: registry get A-15 --valid-on 2023-03-01
Exit codes: 0 done; 1 there is no such record, or something failed; 2 the command line does not fit.`;

const options = {
  ...common,
  ...provingOptions,
  'known-at': { type: 'string' },
  'valid-on': { type: 'string' },
} as const;

export const get: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const given = onlyArgument(usage, 'record', positionals);
    const proving = await provingAsked(values, terminal);
    const registry = readingFrom(values.url, terminal, proving?.through);
    const { collection, id } = await orFailure(askedFor(registry, given)).catch((error: unknown) => {
      if (proving && error instanceof Failure) {
        throw new Failure(`${error.message} No proof covers that: registry search ${given} --prove has one.`);
      }
      throw error;
    });
    const query = { knownAt: values['known-at'], validOn: values['valid-on'] };
    const { body } = await orFailure(registry.record(collection, id, query));
    if (body.id !== id) terminal.err(`${id} was merged into ${body.id}.`);
    if (values.json) printJson(terminal, body);
    else {
      const { references, ...record } = body;
      for (const line of outlineOf(record, references)) terminal.out(line);
    }
    proving?.tell();
    if (proving && given !== id && given.toUpperCase() !== body.number) {
      terminal.err(`Not covered by the proof: that ${given} leads to this record.`);
    }
    return 0;
  },
};
