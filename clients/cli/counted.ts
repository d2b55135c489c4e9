import type { Relations } from '../typescript/types.ts';

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `31`, `≥31` or `31–40`. */
export function countText({ exact, min = 0, max }: Relations['edges'][number]['count']): string {
  if (exact !== undefined) return String(exact);
  return max === undefined ? `≥${min}` : `${min}–${max}`;
}
