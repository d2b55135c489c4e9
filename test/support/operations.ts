import { expect } from 'vitest';
import { openApiDocument } from '../../functions/openapi/document.ts';
import { ORIGIN } from './commits.ts';

interface Body {
  readonly schema: object;
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: object }>>;
}
interface Media {
  readonly schema: {
    readonly allOf?: readonly { readonly properties?: { readonly type?: { readonly enum: readonly string[] } } }[];
  };
}
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly security?: readonly { readonly token?: readonly string[] }[];
  readonly parameters: readonly {
    $ref?: string;
    name?: string;
    in?: string;
    description?: string;
    example?: unknown;
    required?: boolean;
    schema?: { readonly maximum?: number };
  }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': Body } };
  readonly responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, Media>> }>>;
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Operation['parameters'][number]>>;
    readonly schemas: Readonly<Record<string, object>>;
  };
}

/** The OpenAPI document as tests look at it. */
export const apiDocument = openApiDocument(ORIGIN) as ApiDocument;

/** Every operation, with its method and its path. */
export const operations = Object.entries(apiDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Those that write, with each example that the document shows of their bodies. */
export const writes = operations.flatMap(({ path, method, operation }) => {
  const body = operation.requestBody?.content['application/json'];
  if (method !== 'POST' || !body) return [];
  const examples =
    body.example === undefined
      ? Object.entries(body.examples ?? {}).map(([command, { value }]) => ({ command, value }))
      : [{ command: operation.operationId, value: body.example }];
  return [{ path, operation, schema: body.schema, examples }];
});

const documented = operations.map(({ path, method, operation }) => ({
  method,
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  answers: Object.entries(operation.responses).flatMap(([status, { content }]): (string | number)[] =>
    Number(status) < 400 ? [Number(status)] : problemTypesIn(content).map((type) => `${status} ${type}`),
  ),
}));

function problemTypesIn(content: Operation['responses'][string]['content'] = {}): readonly string[] {
  return Object.values(content).flatMap(({ schema: { allOf = [] } }) =>
    allOf.flatMap(({ properties }) => properties?.type?.enum ?? []),
  );
}

/** The operation of the document that answers a request; `undefined` for paths that lead nowhere. */
export const operationAnswering = (method: string, path: string) => {
  const [pathname = ''] = path.split('?');
  return documented.find((one) => one.method === method && one.pattern.test(pathname));
};

/** Whatever a documented operation answers, the document says that it can: the status, and the type of a problem. */
export function expectDocumented(method: string, path: string, status: number, type: unknown): void {
  const operation = operationAnswering(method, path);
  if (!operation) return;
  const answer = status < 400 ? status : `${status} ${type}`;
  const advice = 'a command names its own rules in `rules`, what all share stands in functions/openapi/';
  expect(
    operation.answers,
    `${method} ${operation.path} answers ${answer}, which the OpenAPI document does not list: ${advice}`,
  ).toContain(answer);
}
