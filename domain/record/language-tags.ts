import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { LANGUAGE_FIELD, repeatedSubtags } from '../values/language.ts';
import { newlySaid } from './newly-said.ts';

/** Well-formed tags that RFC 5646 forbids all the same. Events that hold one stay readable. */
export const subtagsRepeated = (data: object, record?: Pick<FoldedRecord, 'events'>): Refusal[] =>
  newlySaid(data, LANGUAGE_FIELD, record).flatMap(({ pointer, text }) =>
    repeatedSubtags(text)
      .slice(0, 1)
      .map((subtag) => ({ rule: 'subtag-repeated', pointer, detail: `the tag has "${subtag}" twice` })),
  );
