import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { organizations } from '../values/party.ts';
import { localizedText, text } from '../values/text.ts';

export const opened = z.strictObject({
  names,
  edition: z.int().min(1).max(10_000).optional(),
  period: partialDate.optional().meta({ description: 'The time whose achievements it honours' }),
  criteria: z.array(localizedText).min(1).max(20).optional(),
  conferredBy: organizations.meta({ description: 'The organizations that confer its awards' }),
  ceremony: ref('ceremony').optional(),
  on: partialDate.optional(),
  ...recorded,
});
export const closed = z.strictObject({ on: partialDate.optional(), reason: text(4000).optional(), ...recorded });

export const events = [
  {
    type: 'award-programme.opened',
    version: 1,
    schema: opened,
    meaning:
      'There is a programme of honorary titles, prizes or competition results, conferred by these organizations.',
  },
  {
    type: 'award-programme.closed',
    version: 1,
    schema: closed,
    meaning: 'The programme ended; what was conferred in it by then stands.',
  },
] as const satisfies readonly EventDefinition[];
