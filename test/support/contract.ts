import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { escapePointer } from '../../domain/values/ids.ts';
import { apiDocument, operationAnswering } from './operations.ts';

/**
 * Every answer is held to the schema of its operation, status and media type. The published schemas leave room for what
 * later releases add; here nothing that they do not know may stand in an answer.
 */

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const DOCUMENT = 'openapi';

/** The schemas that others add members to: these say what more there may be. */
const opened = new Set(['#/components/schemas/Problem', '#/components/schemas/Unhealthy']);

/** A part of the document in which no object has further members. */
function strict(part: unknown, pointer = '#'): unknown {
  if (Array.isArray(part)) return part.map((one, index) => strict(one, `${pointer}/${index}`));
  if (!isObject(part)) return part;
  const inner = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, strict(value, `${pointer}/${key}`)]),
  );
  if (Array.isArray(part.allOf)) return { ...inner, allOf: part.allOf, unevaluatedProperties: false };
  const isClosed = isObject(part.properties) && part.additionalProperties === undefined && !opened.has(pointer);
  return isClosed ? { ...inner, additionalProperties: false } : inner;
}

/** Makes the checks of a document, each once, when it is asked for. */
function checksOf(document: () => object) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const checks = new Map<string, ValidateFunction | undefined>();
  return (...keys: readonly string[]): ValidateFunction | undefined => {
    const pointer = keys.map((key) => `/${escapePointer(key)}`).join('');
    if (!checks.has(pointer)) {
      if (checks.size === 0) ajv.addSchema(document(), DOCUMENT);
      checks.set(pointer, ajv.getSchema(`${DOCUMENT}#${encodeURI(pointer)}`));
    }
    return checks.get(pointer);
  };
}
const checkAt = checksOf(() => strict(apiDocument) as object);
/** The same of the document as it is published. */
export const publishedCheck = checksOf(() => apiDocument);

/** What speaks most closely against a value: of alternatives that differ in a constant those that were not meant are left out. */
function told(errors: readonly ErrorObject[] = []): string {
  const depth = ({ instancePath }: ErrorObject) => instancePath.split('/').length;
  const constants = errors.filter(({ keyword }) => keyword === 'const' || keyword === 'required');
  const closest = errors.filter((one) => !constants.includes(one) && !['oneOf', 'anyOf'].includes(one.keyword));
  return (closest.length > 0 ? closest : errors)
    .toSorted((one, other) => depth(other) - depth(one))
    .slice(0, 5)
    .map(
      ({ instancePath, message, params, schemaPath }) =>
        `${instancePath} ${message} ${JSON.stringify(params)} (${schemaPath})`,
    )
    .join('\n');
}

/** What the document says against an answer; nothing where it describes no such path. */
export function faultOfAnswer(
  method: string,
  path: string,
  { status, type, text }: { status: number; type: string; text: string },
): string | undefined {
  const operation = operationAnswering(method, path);
  if (!operation) return undefined;
  const at = ['paths', operation.path, method.toLowerCase(), 'responses', String(status)];
  const { content } = apiDocument.paths[operation.path]?.[method.toLowerCase()]?.responses[status] ?? {};
  if (!content) return text === '' ? undefined : `${at.join(' ')} has a body, and the document describes none`;
  const [bare = ''] = type.split(';');
  const mediaType = Object.keys(content).find((one) => one.split(';')[0] === bare);
  if (mediaType === undefined) return `${at.join(' ')} is of the type ${type}, which the document does not list`;
  if (!/\bjson$/.test(bare)) return undefined;
  const check = checkAt(...at, 'content', mediaType, 'schema');
  if (!check) return `${at.join(' ')} has no schema for ${mediaType}`;
  return check(JSON.parse(text))
    ? undefined
    : `${at.join(' ')} is not as its schema says:\n${told(check.errors ?? [])}\n${text.slice(0, 2000)}`;
}

/** What an app sends may be compressed; whoever fetches it gets what it was. */
async function decodedText(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const coding = response.headers.get('Content-Encoding');
  if (coding === 'br') return brotliDecompressSync(bytes).toString();
  return (coding === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

async function hold(
  request: Pick<Request, 'method' | 'url'>,
  response: Response,
  textOf = (one: Response) => one.text(),
): Promise<void> {
  if (request.method === 'HEAD') return;
  const type = response.headers.get('Content-Type') ?? '';
  // Without a body there is nothing to read, and of tiles the document says that they are bytes.
  const text = type.includes('json') || response.body === null ? await textOf(response.clone()) : ' ';
  const { pathname } = new URL(request.url);
  if (text === '') return;
  const fault = faultOfAnswer(request.method, pathname, { status: response.status, type, text });
  if (fault !== undefined) throw new Error(fault);
}

interface App {
  fetch(request: Request, ...rest: never[]): Response | Promise<Response>;
}

/** An app whose every answer is held to the document. */
export function held<Held extends App>(app: Held): Held {
  const answer = app.fetch.bind(app);
  app.fetch = async (request, ...rest) => {
    const response = await answer(request, ...rest);
    await hold(request, response, decodedText);
    return response;
  };
  return app;
}

/** `fetch` of a registry that runs, which holds every answer to the document. */
export async function fetchHeld(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init);
  await hold({ method: init.method ?? 'GET', url }, response);
  return response;
}
