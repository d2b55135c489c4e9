import type * as z from 'zod';
import { isRule } from '../problems.ts';
import { escapePointer } from '../values/ids.ts';
import type { Refusal } from './refusal.ts';

const pointerOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>((to, token) => `${to}/${typeof token === 'number' ? token : escapePointer(String(token))}`, '');

/** All faults that a schema found, each with the JSON pointer of its place and the rule that it breaks. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], base: string): Refusal[] {
  return issues.flatMap((issue): Refusal[] => {
    const pointer = base + pointerOf(issue.path);
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({
          pointer: `${pointer}/${escapePointer(key)}`,
          rule: 'unknown-field',
          detail: `the field "${key}" is not known here`,
        }));
      case 'invalid_union':
        return closestBranch(issue, pointer);
      case 'invalid_type':
        return [
          { pointer, rule: issue.input === undefined ? 'value-missing' : 'value-invalid', detail: issue.message },
        ];
      case 'custom': {
        const rule: unknown = issue.params?.rule;
        return [{ pointer, rule: isRule(rule) ? rule : 'value-invalid', detail: issue.message }];
      }
      default:
        return [{ pointer, rule: 'value-invalid', detail: issue.message }];
    }
  });
}

/** Of the alternatives that a value could have been, the one that it misses by the least. */
function closestBranch(issue: z.core.$ZodIssueInvalidUnion, pointer: string): Refusal[] {
  const branches = issue.errors.map((errors) => faultsOf(errors, pointer)).filter((faults) => faults.length > 0);
  const [closest] = branches.sort((a, b) => a.length - b.length);
  return closest ?? [{ pointer, rule: 'value-invalid', detail: issue.message }];
}
