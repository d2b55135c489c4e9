import type { Refusal } from '../kernel/refusal.ts';
import { escapePointer } from '../values/ids.ts';

/** What carries evidence: parts of it may point to a piece by its id. */
export interface Evidenced {
  readonly evidence?: readonly { readonly id?: string }[];
}

/** Where data point to a piece of evidence that is not there. */
export function unknownEvidence(data: object, { evidence = [] }: Evidenced): Refusal[] {
  const known = new Set(evidence.flatMap(({ id }) => id ?? []));
  const dangling = (value: unknown, pointer: string): Refusal[] => {
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]): Refusal[] => {
      const at = `${pointer}/${escapePointer(key)}`;
      if (key !== 'evidence' || typeof inner !== 'string') return dangling(inner, at);
      if (known.has(inner)) return [];
      return [{ rule: 'unknown-evidence', pointer: at, detail: `no evidence beside it has the id "${inner}"` }];
    });
  };
  return dangling(data, '');
}
