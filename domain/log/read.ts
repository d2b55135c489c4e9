/** The result of reading or checking external data: a value, or what is wrong, in words. */
export type Read<Value> = { readonly value: Value } | { readonly fault: string };

export const value = <Value>(read: Value): Read<Value> => ({ value: read });
export const fault = (what: string): { readonly fault: string } => ({ fault: what });
export const isFault = <Value>(read: Read<Value>): read is { readonly fault: string } => 'fault' in read;

/** The value. @throws an Error with the fault. */
export function unwrap<Value>(read: Read<Value>): Value {
  if (isFault(read)) throw new Error(read.fault);
  return read.value;
}
