import type { FoldedRecord } from '../kernel/aggregate.ts';
import { isContainer } from '../values/container.ts';
import { escapePointer } from '../values/ids.ts';

export interface SaidText {
  readonly pointer: string;
  readonly text: string;
}

function textsIn(value: unknown, field: string, pointer = ''): SaidText[] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(key)}`;
    return key === field && typeof inner === 'string' ? [{ pointer: at, text: inner }] : textsIn(inner, field, at);
  });
}

/**
 * The texts that a command says in a field, wherever it stands: what a rule on that field judges. What was recorded before
 * the rule stays: a correction may repeat it where the corrected event says it.
 */
export function newlySaid(data: object, field: string, record?: Pick<FoldedRecord, 'events'>): SaidText[] {
  const { corrects } = data as { corrects?: unknown };
  const corrected = record?.events.find(({ streamversion }) => streamversion === corrects);
  const recorded = new Set(textsIn(corrected?.data, field).map(({ text }) => text));
  return textsIn(data, field).filter(({ text }) => !recorded.has(text));
}
