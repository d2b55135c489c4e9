import { readFile, writeFile } from 'node:fs/promises';
import { commandTable } from './parts/commands.ts';
import { eventSections } from './parts/events.ts';
import { lifecycleSections } from './parts/lifecycles.ts';
import { overtakenTable } from './parts/overtaken.ts';
import { problemTable } from './parts/problems.ts';
import { rightsTable } from './parts/rights.ts';
import { tableOfTables } from './parts/tables.ts';
import { valueSections } from './parts/value-sections.ts';

/**
 * The parts of the documents that are made from the code. Each is between two comments that name it:
 *
 *     <!-- problems: made by `npm run docs` --> … <!-- /problems -->
 */
const parts: Record<string, () => string> = {
  commands: commandTable,
  events: eventSections,
  lifecycles: lifecycleSections,
  overtaken: overtakenTable,
  problems: problemTable,
  rights: rightsTable,
  tables: tableOfTables,
  values: valueSections,
};

/** The documents that have such parts. */
export const documents = [
  'docs/api.md',
  'docs/decisions/0026-overtaken-decisions.md',
  'docs/events.md',
  'docs/exports.md',
  'docs/lifecycles.md',
];

/** The document with its parts made again. */
export function made(document: string): string {
  return document.replace(
    /(<!-- (\w+): made by `npm run docs` -->\n)[\s\S]*?(<!-- \/\2 -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (!part) throw new Error(`nothing makes the part ${name}`);
      return `${start}${part()}\n${end}`;
    },
  );
}

if (import.meta.main) {
  for (const path of documents) await writeFile(path, made(await readFile(path, 'utf8')));
}
