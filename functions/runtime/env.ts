/**
 * The environment, read once and typed, when a function starts:
 *
 *     const env = readEnv({ EVENTS_TABLE: text, REGISTRARS: list });
 *     env.REGISTRARS; // string[]
 */

/** Parses one variable; throws with what would be right. */
export type Reader<T> = (value: string) => T;

/** Any non-empty text. */
export const string: Reader<string> = (value) => value;

/** A number of at least 0. */
export const number: Reader<number> = (value) => {
  const read = Number(value);
  if (!(read >= 0)) throw new Error(`${value} is no number of at least 0`);
  return read;
};

/** Values separated by commas, without the spaces around them. */
export const list: Reader<string[]> = (value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * The variables that `readers` names. @throws an error that names all missing ones, so that the function does not start
 */
export function readEnv<Readers extends Record<string, Reader<unknown>>>(
  readers: Readers,
  source: Record<string, string | undefined> = process.env,
): { readonly [Name in keyof Readers]: ReturnType<Readers[Name]> } {
  const missing = Object.keys(readers).filter((name) => !source[name]);
  if (missing.length > 0) throw new Error(`missing environment variables: ${missing.join(', ')}`);
  const values = Object.entries(readers).map(([name, read]) => [name, read(source[name] as string)]);
  return Object.fromEntries(values);
}
