import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pair, same } from './pair.ts';
import type { Report } from './report.ts';

export interface Operation {
  readonly operationId: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': Shown } };
}
interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
}
interface Shown {
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly value: object }>>;
}

/** As much of the OpenAPI document as is looked at here. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

/** The served schemas, problems and OpenAPI document are the same but for texts and what reading operations take. */
export async function compareDocuments(pair: Pair, report: Report): Promise<ApiDocument> {
  const [before, now] = (await pair.ask({ path: '/v1/openapi.json' })).map(({ body }) => body) as [string, string];
  const [own, other] = [before, now].map((text) => split(JSON.parse(text))) as [Split, Split];
  report.sameButForTexts('OpenAPI document', '', own.rest, other.rest);
  report.allow('OpenAPI document: parameters of reading operations', own.reading, other.reading);
  await same(pair, report, 'page of the OpenAPI document', { path: '/docs' }, { isText: true });
  for (const type of named(pair, before, /[a-z-]+\.[a-z-]+/g)) await compareSchemas(pair, report, type);
  for (const slug of named(pair, before, /(?<="\/problems\/)[a-z-]+|(?<=^\| `)[a-z-]+(?=` \| \d{3} )/gm)) {
    await same(pair, report, 'problems', { path: `/problems/${slug}` }, { hasTexts: true });
  }
  return JSON.parse(before);
}

/** Each version of a type: the first that is not there ends them. */
async function compareSchemas(pair: Pair, report: Report, type: string): Promise<void> {
  for (let version = 1; ; version += 1) {
    const path = `/schemas/${type}/${version}`;
    const answers = await pair.ask({ path });
    if (answers.every(({ status }) => status === 404)) return;
    await same(pair, report, 'schemas of events', { path }, { hasTexts: true });
  }
}

/** What the documents of either build, or the document that is served, mention in such a form. */
function named(pair: Pair, document: string, form: RegExp): string[] {
  const pages = ['docs/events.md', 'docs/api.md'];
  const texts = pair.registries.flatMap(({ build }) =>
    pages.map((page) => readFileSync(join(build.root, page), 'utf8')),
  );
  return [...new Set([...texts, document].flatMap((text) => text.match(form) ?? []))].sort();
}

interface Split {
  readonly rest: string;
  readonly reading: string[];
}

/** The document without what reading operations take; parameters stand in place of the references to them. */
function split({ components, paths, ...document }: ApiDocument): Split {
  const { parameters: shared, ...parts } = components;
  const inPlace = (parameter: Parameter) => shared[parameter.$ref?.split('/').at(-1) ?? ''] ?? parameter;
  const reading: string[] = [];
  const rest = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.entries(methods).map(([method, { parameters, ...operation }]) => {
      const taken = parameters.map(inPlace);
      if (method !== 'get') return [method, { ...operation, parameters: taken }];
      reading.push(...taken.map((parameter) => `${path}: ${JSON.stringify(parameter)}`));
      return [method, operation];
    }),
  ]);
  return { rest: JSON.stringify({ ...document, paths: rest, components: parts }), reading };
}
