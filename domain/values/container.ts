import { escapePointer } from './ids.ts';

/** A JSON object or array, by its keys. */
export type Container = Record<string, unknown>;

export const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** Every list and object in a value, the value itself first, each with its JSON pointer (RFC 6901). */
export function* containersIn(value: unknown, pointer = ''): Generator<{ pointer: string; value: Container }> {
  if (!isContainer(value)) return;
  yield { pointer, value };
  for (const [key, inner] of Object.entries(value)) {
    if (isContainer(inner)) yield* containersIn(inner, `${pointer}/${escapePointer(key)}`);
  }
}
