import { type Container, isContainer } from './container.ts';
import { escapePointer } from './ids.ts';

/** Every list and object in a value, the value itself first, each with its JSON pointer (RFC 6901). */
export function* containersIn(value: unknown, pointer = ''): Generator<{ pointer: string; value: Container }> {
  if (!isContainer(value)) return;
  yield { pointer, value };
  for (const [key, inner] of Object.entries(value)) {
    if (isContainer(inner)) yield* containersIn(inner, `${pointer}/${escapePointer(key)}`);
  }
}
