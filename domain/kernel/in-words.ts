import * as z from 'zod';
import { isContainer } from '../values/container.ts';
import type { didYouMean } from '../values/nearest.ts';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

/** What JSON has of each type, by the name that schemas have for it. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/**
 * What a schema found, in words: what is expected, with an example where the schema has one. A detail holds neither a
 * regular expression nor a text of the library, and of what was given at most the type: it may be the name of a person.
 */
export const inWords =
  (hint: typeof didYouMean) =>
  (issue: Issue): string => {
    switch (issue.code) {
      case 'invalid_type':
        return saying(`${kinds[issue.expected] ?? 'of another type'}${exampleOf(issue)}`, issue.input);
      case 'invalid_value':
        return oneOf(issue.values.map(String), issue.input, hint);
      case 'invalid_union': {
        const { discriminator = '', values } = discriminating(issue);
        return oneOf(values, isContainer(issue.input) ? issue.input[discriminator] : undefined, hint);
      }
      case 'too_small':
        return `must ${amount(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least')}`;
      case 'too_big':
        return `must ${amount(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most')}`;
      case 'unrecognized_keys':
        return fieldsOf(issue).join(' ');
      default:
        return `does not fit what is expected here${exampleOf(issue)}`;
    }
  };

/** The fields that an object has, as the message about those that it does not have names them. */
export const fieldsIn = (message: string): string[] => message.split(' ');

const fieldsOf = ({ inst }: Issue): string[] => Object.keys((inst as unknown as Partial<z.ZodObject>)?.shape ?? {});

/** Of a value that is missing it is told that it is, of one of another type which type it has. */
function saying(expected: string, input: unknown): string {
  if (input === undefined) return `must be there: ${expected}`;
  const given = kindOf(input);
  const isOfKind = expected.startsWith(given) || (given === 'a number' && expected.startsWith('a whole number'));
  return given === '' || isOfKind ? `must be ${expected}` : `must be ${expected}, not ${given}`;
}

function oneOf(values: readonly string[], input: unknown, hint: typeof didYouMean): string {
  const expected = `${values.length === 1 ? '' : 'one of '}${values.join(', ')}`;
  if (input === undefined) return `must be there: ${expected}`;
  return `must be ${expected}${typeof input === 'string' ? hint(input, values) : ''}`;
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  return kinds[Array.isArray(input) ? 'array' : typeof input] ?? '';
}

function amount(origin: string, limit: number, bound: string): string {
  const units: Readonly<Record<string, string>> = { string: 'character', array: 'item', object: 'field' };
  const unit = units[origin];
  return unit === undefined ? `be ${bound} ${limit}` : `have ${bound} ${limit} ${unit}${limit === 1 ? '' : 's'}`;
}

function exampleOf({ schema, inst }: Issue): string {
  const meta = z.globalRegistry.get((schema ?? inst) as z.core.$ZodType);
  const { examples = [] } = (meta ?? {}) as { readonly examples?: readonly unknown[] };
  return examples.length === 0 ? '' : `, such as ${examples.map(String).join(' or ')}`;
}

/** The field by which the alternatives of a union are told apart, and the values that it has in them. */
function discriminating({ inst }: Issue) {
  const { discriminator, options = [] } = ((inst as unknown as z.ZodDiscriminatedUnion | undefined)?.def ?? {}) as {
    readonly discriminator?: string;
    readonly options?: readonly z.ZodObject[];
  };
  const values = options.flatMap(({ shape }) => {
    const told = discriminator === undefined ? undefined : (shape?.[discriminator] as z.ZodLiteral | undefined);
    return told ? [...told.values].map(String) : [];
  });
  return { discriminator, values };
}
