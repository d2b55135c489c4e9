import type { CollectionName } from '../../typescript/commands.ts';
import type { HistoryItems } from '../../typescript/types.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions } from '../options.ts';
import type { Subcommand } from '../usage.ts';
import { askedFor, limitOf, orFailure, readingFrom } from './asked.ts';
import { LISTING_USAGE, listingOptions, pageLimit, printList } from './listing.ts';
import { cutTo, onOneLine } from './table.ts';

const usage = `registry history ID|NUMBER [--known-at TIME] [--limit N | --all] [--url URL] [--json]

Prints the events of a record, oldest first: position, time, type and who submitted it, and below each what it changed.

${COMMON_USAGE.split('\n')[0]}
  --known-at T   what the registry knew then: a position of the log, or an instant such as 2026-11-24T09:30:00Z
${LISTING_USAGE}

Example: registry history A-15
Exit codes: 0 done; 1 there is no such record, or something failed; 2 the command line does not fit.`;

const options = { ...common, ...listingOptions, 'known-at': { type: 'string' } } as const;

export const history: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const given = onlyArgument(usage, 'record', positionals);
    const limit = limitOf(values);
    const registry = readingFrom(values.url, terminal);
    const { collection, id } = await orFailure(askedFor(registry, given));
    const events = registry.history(collection, id, { knownAt: values['known-at'], limit: pageLimit(limit) });
    const lines = (items: readonly Item[]) => linesOf(items, terminal.width);
    await printList(events, { limit, json: values.json, noun: 'event', lines }, terminal);
    return 0;
  },
};

type Item = HistoryItems[CollectionName];

function* linesOf(items: readonly Item[], width?: number): Generator<string> {
  for (const { position, time, type, actor, onbehalfof, changes, changesLeftOut } of items) {
    yield `${position}  ${time}  ${type}  ${onOneLine(actor)}${onbehalfof === undefined ? '' : ` for ${onbehalfof}`}`;
    for (const { pointer, was, is } of changes)
      yield cutTo(`    ${onOneLine(pointer || '/')}: ${changeOf(was, is)}`, width);
    if (changesLeftOut !== undefined) yield `    and ${changesLeftOut} more`;
  }
}

function changeOf(was: unknown, is: unknown): string {
  if (was === undefined) return textOfJson(is);
  return is === undefined ? `${textOfJson(was)} → nothing` : `${textOfJson(was)} → ${textOfJson(is)}`;
}

const textOfJson = (value: unknown): string => onOneLine(typeof value === 'string' ? value : JSON.stringify(value));
