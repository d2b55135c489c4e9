import { randomUUID } from 'node:crypto';
import { registerHooks } from 'node:module';
import { REGION } from './environment.ts';
import type { FunctionSpec } from './specs.ts';

/** A function of the registry, loaded into this process. */
export interface LoadedFunction {
  readonly spec: FunctionSpec;
  /** Runs any number of invocations at once, for functions that answer requests and keep no state between them. */
  invoke(event: object): Promise<unknown>;
  /** Runs one invocation after another, like a single instance on AWS. */
  invokeAlone(event: object): Promise<unknown>;
}

/** By ARN. */
export type Functions = ReadonlyMap<string, LoadedFunction>;

type Handler = (event: object, context: object) => unknown;

const root = new URL('../..', import.meta.url);

/**
 * Loads the functions one at a time, because each reads its environment from the process while it is loaded. Each gets
 * its own instances of the project's modules (not of installed packages), so that functions share no state.
 */
export async function loadFunctions(specs: readonly FunctionSpec[]): Promise<Functions> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const owner = context.parentURL && URL.parse(context.parentURL)?.searchParams.get('function');
      const isOurs = resolved.url.startsWith(root.href) && !resolved.url.includes('/node_modules/');
      return owner && isOurs ? { ...resolved, url: `${resolved.url}?function=${owner}` } : resolved;
    },
  });
  try {
    const functions = new Map<string, LoadedFunction>();
    for (const spec of specs) functions.set(spec.arn, await load(spec));
    return functions;
  } finally {
    hooks.deregister();
  }
}

async function load(spec: FunctionSpec): Promise<LoadedFunction> {
  const url = new URL(spec.entry, root);
  const restore = setEnvironment({
    ...spec.environment,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  });
  try {
    const module: { handler?: Handler } = await import(`${url.href}?function=${spec.name}`);
    const { handler } = module;
    if (!handler) throw new Error(`${spec.entry} exports no handler`);
    const invoke = (event: object) => run(handler, event, spec);
    return { spec, invoke, invokeAlone: oneAtATime(invoke) };
  } finally {
    restore();
  }
}

function setEnvironment(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** Runs one invocation. @throws an error when it exceeds the function's timeout */
async function run(handler: Handler, event: object, spec: FunctionSpec): Promise<unknown> {
  const { name, arn, timeoutSeconds, memoryMegabytes } = spec;
  const deadline = Date.now() + timeoutSeconds * 1000;
  const context = {
    awsRequestId: randomUUID(),
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: REGION,
    memoryLimitInMB: String(memoryMegabytes),
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`${name} timed out after ${timeoutSeconds} seconds`)),
    timeoutSeconds * 1000,
  );
  try {
    return await Promise.race([handler(event, context), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

function oneAtATime(invoke: (event: object) => Promise<unknown>): (event: object) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (event) => {
    const result = last.then(() => invoke(event));
    last = result.catch(() => {});
    return result;
  };
}
