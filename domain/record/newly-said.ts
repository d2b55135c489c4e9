import type { FoldedRecord } from '../kernel/aggregate.ts';
import { containersIn } from '../values/containers-in.ts';

export interface SaidText {
  readonly pointer: string;
  readonly text: string;
}

const textsIn = (value: unknown, field: string): SaidText[] =>
  [...containersIn(value)].flatMap(({ pointer, value: { [field]: text } }) =>
    typeof text === 'string' ? [{ pointer: `${pointer}/${field}`, text }] : [],
  );

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
