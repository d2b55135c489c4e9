import type * as z from 'zod';
import { isRule } from '../problems.ts';
import { escapePointer } from '../values/ids.ts';
import { hinting } from '../values/nearest.ts';
import { fieldsIn, inWords } from './in-words.ts';
import type { Refusal } from './refusal.ts';

const pointerOf = (path: readonly PropertyKey[]) =>
  path.reduce<string>((to, token) => `${to}/${typeof token === 'number' ? token : escapePointer(String(token))}`, '');

type Parsed<Schema extends z.ZodType> =
  | { success: true; data: z.output<Schema> }
  | { success: false; error: Pick<z.ZodError, 'issues'> };

/**
 * What a schema makes of JSON. Zod compares the `length` of whatever has one, also where it expects a text, and throws where
 * that has no primitive value: such JSON does not fit either.
 */
export function parsedBy<Schema extends z.ZodType>(schema: Schema, value: unknown): Parsed<Schema> {
  try {
    return schema.safeParse(value, { reportInput: true, error: inWords(hinting()) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = 'a member called "length" is of no use here';
    return { success: false, error: { issues: [{ code: 'custom', path: [], message, input: value }] } };
  }
}

/** All faults that a schema found, each with the JSON pointer of its place and the rule that it breaks. */
export function faultsOf(issues: readonly z.core.$ZodIssue[], base: string, didYouMean = hinting()): Refusal[] {
  return issues.flatMap((issue): Refusal[] => {
    const pointer = base + pointerOf(issue.path);
    switch (issue.code) {
      case 'unrecognized_keys': {
        const fields = fieldsIn(issue.message);
        return issue.keys.map((key) => ({
          pointer: `${pointer}/${escapePointer(key)}`,
          rule: 'unknown-field',
          detail: `this field is not known here${didYouMean(key, fields)}`,
        }));
      }
      case 'invalid_union':
        return closestBranch(issue, pointer, didYouMean);
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

/** Of the alternatives that a value could have been, the one that it misses by the least; all of them if it misses each as a whole. */
function closestBranch(
  issue: z.core.$ZodIssueInvalidUnion,
  pointer: string,
  didYouMean: ReturnType<typeof hinting>,
): Refusal[] {
  const branches = issue.errors
    .map((errors) => faultsOf(errors, pointer, didYouMean))
    .filter((faults) => faults.length > 0);
  const [closest] = branches.sort((a, b) => a.length - b.length);
  if (!closest) return [{ pointer, rule: 'value-invalid', detail: issue.message }];
  const [first] = closest;
  const whole = branches.flatMap(([one, ...more]) =>
    one && more.length === 0 && one.pointer === pointer ? [one] : [],
  );
  if (!first || whole.length < branches.length) return closest;
  return [{ ...first, detail: [...new Set(whole.map(({ detail }) => detail))].join(', or ') }];
}
