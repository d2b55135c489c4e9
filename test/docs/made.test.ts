import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { documents, made } from '../../docs/make.ts';
import { fieldTable } from '../../docs/parts/fields.ts';
import { aggregates, eventDefinitions } from '../../domain/catalog.ts';
import { problems } from '../../domain/problems.ts';
import { definitionsOnAnyRecord } from '../../domain/record/events.ts';
import { whose } from '../../domain/record/whose.ts';
import { partialDate } from '../../domain/values/partial-date.ts';

const read = (path: string) => readFile(path, 'utf8');

describe('documents', () => {
  it.each(documents)('%s is as `npm run docs` makes it', async (path) => {
    const text = await read(path);
    expect(text).toBe(made(text));
  });

  it('are all those that have parts made from the code', async () => {
    const pages = readdirSync('docs', { recursive: true }).filter((file) => String(file).endsWith('.md')) as string[];
    const texts = await Promise.all(pages.map((page) => read(`docs/${page}`)));
    const marked = pages.filter((_, index) => texts[index]?.includes('made by `npm run docs`'));
    expect(marked.map((page) => `docs/${page}`).sort()).toEqual([...documents].sort());
  });

  it.each([
    ['docs/api.md', '| `stale` |', '| `fresh` |'],
    ['docs/decisions/0026-overtaken-decisions.md', '| guarded |', '| shown |'],
    ['docs/api.md', '| all | `retract` | the owner', '| all | `retract` | anybody'],
    ['docs/events.md', '### agreement.signed', '### agreement.scribbled'],
    ['docs/events.md', '| `speaksAs` | yes |', '| `speaksAs` |  |'],
    ['docs/events.md', '### piece of evidence', '### piece of cake'],
    ['docs/lifecycles.md', '[*] --> announced', '[*] --> concluded'],
  ])('%s is noticed when it is stale: without %s', async (path, part, other) => {
    const text = await read(path);
    expect(text).toContain(part);
    expect(made(text.replace(part, other))).toBe(text);
  });

  it('keep what was written by hand', async () => {
    const text = await read('docs/events.md');
    expect(made(text.replace('# Events', '# Happenings'))).toContain('# Happenings');
  });

  it('have no part that nothing makes', () => {
    expect(() => made('<!-- weather: made by `npm run docs` -->\n<!-- /weather -->')).toThrow('weather');
  });
});

describe('docs/api.md', () => {
  it('names every collection, and the command that opens its records if the body names none', async () => {
    const text = await read('docs/api.md');
    const [posts = ''] = text.match(/^\| `POST \/v1\/organizations`.*$/m) ?? [];
    expect(posts.match(/`[^`]*\/[a-z-]+`/g)?.map((path) => path.replace(/^`.*\/|`$/g, ''))).toEqual(
      expect.arrayContaining(aggregates.map(({ collection }) => collection)),
    );
    const [openings = ''] = text.match(/^What opens a record if the body names no `command`:[^.]*\./m) ?? [];
    const defaults = aggregates.flatMap(({ commands }) => commands.find((command) => command.default)?.name ?? []);
    expect(openings.match(/`[a-z-]+`/g)?.sort()).toEqual(['command', ...defaults].map((name) => `\`${name}\``).sort());
  });
  it('tells of every act whose it is, once', async () => {
    const [, part = ''] = (await read('docs/api.md')).match(/<!-- rights: [^>]*-->\n([\s\S]*?)<!-- \/rights -->/) ?? [];
    const rows = part.split('\n').map((row) => row.split(' | '));
    for (const { collection, commands } of aggregates) {
      for (const definition of commands.filter(({ act }) => act !== undefined)) {
        const found = rows.filter(
          ([records = '', acts = '']) =>
            ['| all', `| \`${collection}\``].includes(records) && acts.split(', ').includes(`\`${definition.act}\``),
        );
        expect(
          found.map(([, , owner]) => owner?.replace(' |', '')),
          definition.name,
        ).toEqual([whose(definition)]);
      }
    }
  });
  it('names every problem type', async () => {
    const text = await read('docs/api.md');
    for (const slug of Object.keys(problems)) expect(text).toContain(`| \`${slug}\` |`);
  });
});

describe('docs/events.md', () => {
  it('tells every event type once, with its meaning and its fields', async () => {
    const text = await read('docs/events.md');
    const shared = new Set(aggregates.flatMap(definitionsOnAnyRecord).map(({ type }) => type));
    for (const { type, meaning, version, older = [], schema } of eventDefinitions) {
      expect(text, type).toContain(`${meaning} Version ${version}.`);
      for (const { differs } of older) expect(text, type).toContain(differs);
      expect(text.split(shared.has(type) ? `\`${type}\`` : `\n### ${type}\n`), type).toHaveLength(2);
      for (const field of Object.keys((schema as z.ZodObject).shape)) expect(text).toContain(`| \`${field}\` |`);
    }
  });

  it('leads every link to a heading', async () => {
    const text = await read('docs/events.md');
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(100);
    for (const link of new Set(links)) expect(headings).toContain(link);
  });
});

describe('a table of fields', () => {
  it('gives nested fields their path, and says what each takes', () => {
    const schema = z.strictObject({
      on: partialDate.optional(),
      kind: z.enum(['a', 'b']).meta({ description: 'Which of two | sorts' }),
      parts: z.array(z.strictObject({ count: z.int().min(1).max(9) })).max(3),
    });
    expect(fieldTable(schema).split('\n').slice(2)).toEqual([
      '| `on` |  | [date](#date) | When it happened |',
      '| `kind` | yes | `a` or `b` | Which of two \\| sorts |',
      '| `parts` | yes | list (at most 3) |  |',
      '| `parts[].count` | yes | whole number (1–9) |  |',
    ]);
  });
});

describe('docs/lifecycles.md', () => {
  it('draws every lifecycle: each state, each fact, each arrow once', async () => {
    const text = await read('docs/lifecycles.md');
    for (const {
      name,
      states,
      lifecycle: { diagrams: lifecycles = {} },
    } of aggregates) {
      const section = text.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
      for (const state of states) expect(section, name).toContain(`\`${state}\``);
      const diagrams = [...section.matchAll(/```mermaid\nstateDiagram-v2\n([\s\S]*?)```/g)].map(
        ([, inner = '']) => inner,
      );
      expect(diagrams, name).toHaveLength(Object.keys(lifecycles).length);
      for (const [index, { start, steps }] of Object.values(lifecycles).entries()) {
        const diagram = diagrams[index] ?? '';
        expect(diagram).toContain(`[*] --> ${start.replaceAll('-', '_')}\n`);
        for (const type of Object.keys(steps)) expect(diagram).toContain(type.split('.')[1]);
        const arrows = diagram.match(/\w+ --> \w+(?=:)/g) ?? [];
        expect(new Set(arrows).size).toBe(arrows.length);
        // Mermaid reads a dash in a name as an arrow, and a colon or a semicolon in a label as its end.
        for (const line of diagram.split('\n').filter((one) => one.includes('-->'))) {
          expect(line).toMatch(/^ {2}(\[\*\] --> \w+|\w+ --> \w+: [^:;]+)$/);
        }
      }
    }
  });

  it('tells apart what needs an earlier step, and what a term’s end brings about', async () => {
    const text = await read('docs/lifecycles.md');
    expect(text).toContain('suspended --> member: suspended, when its time is over');
    expect(text).toContain('(earlier steps missing)');
    expect(text).toContain('does not move the state<br>');
  });
});
