import { html, raw } from 'hono/html';

/**
 * The OpenAPI document as one page for people. It has no script and loads nothing: the page's own policy forbids both.
 */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

type Schema = Record<string, unknown>;
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
}
interface Body {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
}
interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, Body> };
  readonly responses: Record<string, { readonly description: string }>;
}
export interface Document {
  readonly info: { readonly title: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly parameters: Record<string, Parameter>;
    readonly schemas: Record<string, Schema>;
  };
}
type Markup = ReturnType<typeof html>;

const style = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); --soft: light-dark(#f6f6f4, #1c1c1c) }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 56rem) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line) }
nav a { display: block; font-size: .85rem; text-decoration: none; overflow-wrap: anywhere }
main { padding: 1rem 2rem 6rem }
section { border-top: 1px solid var(--line); padding: .5rem 0 1rem }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
pre { background: var(--soft); padding: .75rem; overflow: auto; font-size: .85rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .2rem .75rem .2rem 0; border-bottom: 1px solid var(--line) }
code { font-size: .9em }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto; max-height: 12rem } }
`;

const table = (heads: readonly string[], rows: readonly (readonly unknown[])[]): Markup | string =>
  rows.length === 0
    ? ''
    : html`<table><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr>${rows.map(
        (cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
      )}</table>`;

/** The target of a reference; a thing that is no reference as it is. */
const resolved = <Thing extends object>(one: Thing, among: Record<string, Thing>): Thing =>
  '$ref' in one ? (among[String(one.$ref).split('/').at(-1) ?? ''] ?? one) : one;

/** A schema with all that it refers to in its place: a body refers to no schema that refers to itself. */
function whole(schema: Schema, among: Record<string, Schema>): Schema {
  const { $ref: _, ...own } = schema;
  const inner = ([key, value]: [string, unknown]) => [key, wholeWithin(value, among)];
  return Object.fromEntries(Object.entries({ ...resolved(schema, among), ...own }).map(inner));
}
const wholeWithin = (value: unknown, among: Record<string, Schema>): unknown => {
  if (Array.isArray(value)) return value.map((one) => wholeWithin(one, among));
  return typeof value === 'object' && value !== null ? whole(value as Schema, among) : value;
};

/** The values that a schema accepts, in a few words. */
function kindOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ');
  const either = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(either)) return [...new Set(either.map(kindOf))].join(' or ');
  if (schema.type === 'array') return `list of ${kindOf((schema.items ?? {}) as Schema)}`;
  return String(schema.type ?? 'any');
}

function fields(schema: Schema): Markup | string {
  const alternatives = (schema.oneOf as Schema[] | undefined) ?? [schema];
  return html`${alternatives.map((one) => {
    const required = new Set(one.required as string[] | undefined);
    const rows = Object.entries((one.properties ?? {}) as Record<string, Schema>).map(([name, field]) => [
      html`<code>${name}</code>${required.has(name) ? ' *' : ''}`,
      kindOf(field),
      withCode(String(field.description ?? '')),
    ]);
    return html`${alternatives.length > 1 ? html`<h4>${one.title}</h4>` : ''}${table(['Field', 'Value', ''], rows)}`;
  })}`;
}

/** Text with `code` marked up, and with links to the problems that it names. */
const withCode = (text: string) =>
  html`${text.split(/(`[^`]*`)/).map((part) => {
    if (!/^`.*`$/.test(part)) return part;
    const inside = part.slice(1, -1);
    return inside.startsWith('/problems/')
      ? html`<a href="${inside}">${inside.slice('/problems/'.length)}</a>`
      : html`<code>${inside}</code>`;
  })}`;

/** The examples of a body, each under the name of its command. */
function examples({ example, examples: named = {} }: Body): Markup {
  const shown = example === undefined ? Object.entries(named) : [['Example', { summary: '', value: example }] as const];
  return html`${shown.map(
    ([name, { summary, value }]) =>
      html`<h4>${name}${summary === '' ? '' : `: ${summary}`}</h4><pre>${JSON.stringify(value, null, 2)}</pre>`,
  )}`;
}

function operationOf(method: string, path: string, operation: Operation, { components }: Document): Markup {
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(parameter, components.parameters));
  const [body] = Object.values(operation.requestBody?.content ?? {});
  const rows = parameters.map((one) => [
    html`<code>${one.name}</code>${one.required ? ' *' : ''}`,
    one.in,
    html`${withCode(one.description ?? '')}${one.example === undefined ? '' : html`, e.g. <code>${one.example}</code>`}`,
  ]);
  const answers = Object.entries(operation.responses).map(([status, { description }]) => [
    status,
    withCode(description),
  ]);
  return html`<section id="${operation.operationId}">
<h3>${method.toUpperCase()} ${path}</h3>
<p>${operation.summary}.</p>
<p>${withCode(operation.description)}</p>
${table(['Parameter', 'In', ''], rows)}
${body ? html`<h4>Body</h4>${fields(whole(body.schema, components.schemas))}${examples(body)}` : ''}
${table(['Status', 'Answer'], answers)}
</section>`;
}

/** The whole page. */
export function docsPage(document: Document): Markup {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const byTag = [...Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? '')];
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${document.info.title}: HTTP API</title><style>${raw(style)}</style></head>
<body><nav>${byTag.map(
    ([tag, list]) =>
      html`<h4>${tag}</h4>${list.map(
        ({ method, path, operation }) =>
          html`<a href="#${operation.operationId}">${method.toUpperCase()} ${path.replace(/^\/v1/, '')}</a>`,
      )}`,
  )}</nav>
<main><h1>${document.info.title}</h1><p>${document.info.description}</p>
<p>The same for machines: <a href="/v1/openapi.json">OpenAPI 3.1</a>. Fields with * are required. Operations that write
take a bearer token. The ids in examples are those of the records that a registry begins with on one machine.</p>
${byTag.map(
  ([tag, list]) =>
    html`<h2>${tag}</h2><p>${document.tags.find(({ name }) => name === tag)?.description ?? ''}.</p>${list.map(({ method, path, operation }) => operationOf(method, path, operation, document))}`,
)}</main></body></html>`;
}
