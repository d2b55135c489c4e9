import { ACCOUNT, REGION } from './environment.ts';
import type { Stack } from './templates.ts';

/** What other resources can refer to: the `Ref` of a resource, and its attributes by name. */
export interface Reference {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** By stack and logical id. */
export type TemplateReferences = ReadonlyMap<string, Reference>;
export const referenceKey = (stack: string, logicalId: string): string => `${stack}/${logicalId}`;

/** Evaluates the intrinsic functions in a value of a stack's template. */
export type Resolve = (value: unknown) => unknown;

const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'localhost',
};

/** Resolves references within a stack and between stacks. An unknown intrinsic function is an error. */
export function createResolver(stacks: readonly Stack[], references: TemplateReferences): (stack: Stack) => Resolve {
  return function resolverOf(stack: Stack): Resolve {
    const reference = (logicalId: string): Reference => {
      const found = references.get(referenceKey(stack.name, logicalId));
      if (!found) throw new Error(`${stack.name}: nothing is called ${logicalId}`);
      return found;
    };

    const ref = (name: string): unknown =>
      pseudoParameters[name] ?? stack.template.Parameters?.[name]?.Default ?? reference(name).ref;
    const attribute = (logicalId: string, name: string): string => {
      const value = reference(logicalId).attributes[name];
      if (value === undefined) throw new Error(`${stack.name}: ${logicalId} has no attribute ${name} here`);
      return value;
    };

    const intrinsics: Readonly<Record<string, (argument: never) => unknown>> = {
      Ref: ref,
      'Fn::GetAtt': ([logicalId, name]: [string, string]) => attribute(logicalId, name),
      'Fn::Sub': (text: unknown) => {
        if (typeof text !== 'string') throw new Error(`${stack.name}: Fn::Sub takes no variables here`);
        return text.replace(/\$\{([^!}.]+)(?:\.([^}]+))?\}/g, (_, id: string, name?: string) =>
          name === undefined ? String(ref(id)) : attribute(id, name),
        );
      },
      'Fn::Join': ([separator, parts]: [string, unknown[]]) => parts.map(resolve).join(separator),
      'Fn::ImportValue': (name: unknown) => exported(stacks, String(resolve(name)), resolverOf),
      'Fn::GetStackOutput': ({ StackName, OutputName }: { StackName: unknown; OutputName: string }) =>
        output(stacks, String(resolve(StackName)), OutputName, resolverOf),
    };

    function resolve(value: unknown): unknown {
      if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value);
      const [[name, argument] = []] = entries;
      if (entries.length === 1 && name !== undefined && /^(Ref$|Fn::|Condition$)/.test(name)) {
        if (name === 'Ref' && argument === 'AWS::NoValue') return undefined;
        const evaluate = intrinsics[name];
        if (!evaluate) throw new Error(`${stack.name}: the local run does not know ${name}`);
        return evaluate(argument as never);
      }
      return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item)]));
    }

    return resolve;
  };
}

type Resolver = (stack: Stack) => Resolve;

function exported(stacks: readonly Stack[], name: string, resolverOf: Resolver): unknown {
  for (const stack of stacks) {
    const found = Object.values(stack.template.Outputs ?? {}).find(({ Export }) => Export?.Name === name);
    if (found) return resolverOf(stack)(found.Value);
  }
  throw new Error(`no stack exports ${name}`);
}

function output(stacks: readonly Stack[], stackName: string, name: string, resolverOf: Resolver): unknown {
  const stack = stacks.find((candidate) => candidate.name === stackName);
  const found = stack?.template.Outputs?.[name];
  if (!stack || !found) throw new Error(`there is no output ${name} of a stack ${stackName}`);
  return resolverOf(stack)(found.Value);
}
