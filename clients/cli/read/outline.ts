import { isContainer } from '../../../domain/values/container.ts';
import { aggregateOf } from '../../../domain/values/record-id.ts';
import type { References } from '../../typescript/types.ts';
import { nameIn } from './asked.ts';
import { onOneLine } from './table.ts';

/** The fields of a record as lines for people: ids with the names that the answer knows, texts with their languages. */
export function* outlineOf(record: object, references: References, depth = 0): Generator<string> {
  const indent = '  '.repeat(depth);
  for (const [field, value] of Object.entries(record)) {
    const inLine = sayable(value, references);
    if (inLine !== undefined) yield `${indent}${field}: ${inLine}`;
    else if (Array.isArray(value)) {
      yield `${indent}${field}:`;
      for (const item of value) yield* itemOf(item, references, depth + 1);
    } else {
      yield `${indent}${field}:`;
      yield* outlineOf(value as object, references, depth + 1);
    }
  }
}

function* itemOf(item: unknown, references: References, depth: number): Generator<string> {
  const indent = '  '.repeat(depth);
  const inLine = sayable(item, references);
  if (inLine !== undefined) {
    yield `${indent}- ${inLine}`;
    return;
  }
  const lines = [...outlineOf(item as object, references, depth + 1)];
  const [first = '', ...rest] = lines;
  yield `${indent}- ${first.trimStart()}`;
  yield* rest;
}

/** What fits on the line of its field: whatever has no fields, and names and texts in a language. */
function sayable(value: unknown, references: References): string | undefined {
  if (typeof value === 'string') return named(value, references);
  if (!isContainer(value)) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'none' : undefined;
  const { value: name, text = name, lang, ...others } = value as Record<string, unknown>;
  if (typeof text !== 'string' || typeof lang !== 'string') return undefined;
  const more = Object.entries(others);
  if (more.some(([, one]) => typeof one !== 'string')) return undefined;
  return `${onOneLine(text)} (${[lang, ...more.map(([, one]) => onOneLine(String(one)))].join(', ')})`;
}

/** A text; of an id that the answer knows the name of, this too. */
function named(text: string, references: References): string {
  const name = aggregateOf(text) === undefined ? undefined : nameIn(references, text);
  return name === undefined ? onOneLine(text) : `${onOneLine(name)} (${text})`;
}
