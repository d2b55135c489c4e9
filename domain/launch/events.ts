import * as z from 'zod';
import type { EventDefinition } from '../kernel/aggregate.ts';
import { recorded } from '../kernel/recorded.ts';
import { ref } from '../values/ids.ts';
import { names } from '../values/names.ts';
import { partialDate } from '../values/partial-date.ts';
import { organizations, place } from '../values/party.ts';
import { notes, text } from '../values/text.ts';

export const launchKind = z.enum([
  'zone',
  'platform',
  'association',
  'conference',
  'exhibition',
  'product',
  'standard',
  'mark',
  'office',
  'fund',
  'programme',
]);

/** When, where, by whom and in what words it was made public. */
export const publication = {
  on: partialDate.optional(),
  ceremony: ref('ceremony').optional(),
  by: organizations.optional().meta({ description: 'The organizations that launched it' }),
  performersNotStated: z.literal(true).optional().meta({ description: 'The source does not say who launched it' }),
  mode: z
    .enum(['sole', 'joint'])
    .optional()
    .meta({ description: 'Whether one or several launched it, where the source says so, named or not' }),
  meaning: z
    .enum(['launched', 'announced', 'opened', 'inaugurated'])
    .optional()
    .meta({ description: 'What the source says was done' }),
};

/** What it is that was made public, but for its names, which may change. */
export const subject = {
  kind: launchKind,
  edition: z.int().min(1).max(10_000).optional(),
  expected: partialDate.optional().meta({ description: 'When what is announced is to take place' }),
  establishes: ref('organization').optional().meta({ description: 'The organization that comes into being by it' }),
  notes: notes.optional(),
};

const facts = { ...subject, names: names.optional(), ...publication };
const turn = { on: partialDate.optional(), reason: text(4000).optional(), ...recorded };

export const announced = z.strictObject({ ...facts, ...recorded });
export const performed = z.strictObject({ ...facts, ...recorded });
export const becameOperational = z.strictObject({ on: partialDate.optional(), ...recorded });
export const held = z.strictObject({ on: partialDate.optional(), place: place.optional(), ...recorded });
export const postponed = z.strictObject(turn);
export const cancelled = z.strictObject(turn);
export const renamed = z.strictObject({ names, ...turn });
export const discontinued = z.strictObject(turn);

export const events = [
  {
    type: 'launch.announced',
    version: 1,
    schema: announced,
    meaning: 'Something is to be made public; nothing is said of whether it was.',
  },
  {
    type: 'launch.performed',
    version: 1,
    schema: performed,
    meaning: 'Something was made public; nothing is said of whether it works, or took place.',
  },
  {
    type: 'launch.became-operational',
    version: 1,
    schema: becameOperational,
    meaning: 'What was launched works from this day on.',
  },
  { type: 'launch.held', version: 1, schema: held, meaning: 'What was launched or announced took place.' },
  {
    type: 'launch.postponed',
    version: 1,
    schema: postponed,
    meaning: 'What was announced is to take place later.',
  },
  {
    type: 'launch.cancelled',
    version: 1,
    schema: cancelled,
    meaning: 'What was announced is not to take place.',
  },
  {
    type: 'launch.renamed',
    version: 1,
    schema: renamed,
    meaning: 'It bears these names in place of its former ones.',
  },
  {
    type: 'launch.discontinued',
    version: 1,
    schema: discontinued,
    meaning: 'What was launched came to an end.',
  },
] as const satisfies readonly EventDefinition[];
