import * as z from 'zod';
import { QUERY_CHARACTERS } from '../bounds.ts';
import { aggregates } from '../catalog.ts';
import type { Aggregate } from '../kernel/aggregate.ts';
import { standings } from '../record/record.ts';
import { ref } from '../values/ids.ts';
import { day } from '../values/partial-date.ts';
import { type CursorPlace, MAX_CURSOR, placeOfCursor } from './cursors.ts';
import { integerParameter, someOf } from './parameter-kinds.ts';

/** The parameters of reads of the register: the shapes that validate them, and that the OpenAPI document is made from. */

/** The parameter of every read that can wait for a position of the read model. */
export const positionParameters = { minPosition: integerParameter(0).optional() };

const calendarDay = day.meta({ ...day.meta(), format: 'date' }).optional();

const cursor = z
  .string()
  .max(MAX_CURSOR)
  .transform((text, issues): CursorPlace => {
    const place = placeOfCursor(text);
    if (!place) issues.addIssue({ code: 'custom', message: 'must be a cursor that an earlier page gave' });
    return place ?? z.NEVER;
  });

/** The parameters of every list. */
export const paging = { limit: integerParameter(1, 100).default(25), cursor: cursor.optional() };

/** A position of the log, or an instant. */
export type KnownAt = number | Date;

const takes =
  'must be a position such as 41, or an instant such as 2026-11-24T09:30:00Z (RFC 3339; in an address the + of an offset is written %2B)';

/** The parameter of reads of what the registry knew at some time. */
const knownAt = z
  .union([
    integerParameter(0, Number.MAX_SAFE_INTEGER, takes),
    z.iso.datetime({ offset: true, error: takes }).transform((text) => new Date(text)),
  ])
  .optional();

/** The parameters of every read whose answer can be proven: as of the last statement, or of one known then. */
export const proofParameters = {
  proof: z.literal('true', { error: 'must be `true`, or left out' }).optional(),
  knownAt,
};

export const recordParameters = { knownAt, validOn: calendarDay };

/** The cursor of a history is the version of the last event of the page before. */
export const historyParameters = {
  knownAt,
  limit: integerParameter(1, 100).default(100),
  cursor: integerParameter(0).default(0),
};

/** A list of a record has its items in the order in which it grows. */
export const recordListParameters = { ...paging, knownAt, limit: integerParameter(1, 100).default(100) };
/** How parties stand depends on the day. */
export const partiesParameters = { ...recordListParameters, validOn: calendarDay };

export const rosterParameters = { on: calendarDay, ...paging };

/** The edges of one organization, or of all. */
export const relationsParameters = { organization: ref('organization').optional(), ...paging };
/** What a search is asked for: a text, and which records it looks among. */
export const searchParameters = {
  q: z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(QUERY_CHARACTERS, { error: `must have at most ${QUERY_CHARACTERS} characters` }),
  collection: z.enum(aggregates.map(({ collection }) => collection)).optional(),
  kind: someOf([...new Set(aggregates.flatMap(({ kinds = [] }) => kinds))].sort()).optional(),
  ...paging,
};

/** Records of some collections are of no kinds: their lists have no such parameter. */
const ofKind = (kinds: readonly string[] | undefined) =>
  (kinds ? { kind: someOf(kinds).optional() } : {}) as { readonly kind: z.ZodOptional<ReturnType<typeof someOf>> };

/** The parameters that filter a collection's list, with those that only this collection has. */
export const filtersOf = ({ states, kinds, lists = {} }: Aggregate) => ({
  ...Object.fromEntries(Object.entries(lists).map(([parameter, aggregate]) => [parameter, ref(aggregate).optional()])),
  organization: ref('organization').optional(),
  ceremony: ref('ceremony').optional(),
  ...ofKind(kinds),
  state: someOf(states).optional(),
  standing: someOf(standings).optional(),
  from: calendarDay,
  to: calendarDay,
});
