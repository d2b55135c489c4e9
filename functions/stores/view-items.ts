import type { Row } from '../../domain/projections/projection.ts';

/** What the views table has besides rows: the checkpoint of each read model, and the records that it has set aside. */

export interface ViewCheckpoint {
  /** The last position applied; -1 before the first. */
  readonly position: number;
  /** How many parts of the next commit are written; with `takingUp`, how many of taking up that record. */
  readonly part: number;
  /** Sum modulo 2^256 of SHA-256 over every row's canonical JSON, in hexadecimal. */
  readonly digest: string;
  /** How many rows there are; absent where an earlier release began. */
  readonly rows?: number;
  /** It has once reached the end of the log. Until then its lists are not whole, and are not served. */
  readonly complete?: true;
  /** The record set aside whose rows are being written in parts. */
  readonly takingUp?: string;
  /** The position at which the projection cannot go on, and why; gone with the next step. */
  readonly stopped?: { readonly position: number; readonly reason: string };
  /** How often the doctor has closed the read model; absent for never. */
  readonly closings?: number;
  /** No projector may write. `forgetting`: the rows are being deleted. */
  readonly closed?: 'kept' | 'forgetting';
}

export const BEGINNING: ViewCheckpoint = { position: -1, part: 0, digest: '0'.repeat(64), rows: 0 };

/**
 * A record that the projection cannot take: its rows are those of an earlier version. It has no clock, so that the same
 * history gives the same item.
 */
export interface Aside {
  /** The record's version that its rows have; 0 when it has none. */
  readonly version: number;
  /** The last position of the first commit that could not be applied. */
  readonly position: number;
  readonly reason: string;
}

/** The records set aside, by id. */
export type Asides = ReadonlyMap<string, Aside>;

/** Records that are set aside, or taken up (undefined), in one step. */
export type AsideChanges = ReadonlyMap<string, Aside | undefined>;

/** The partition of the records set aside; its items are no rows, and do not count for the digest. */
export const ASIDE = 'aside';

export const asideRow = (id: string): Pick<Row, 'partition' | 'sort'> => ({ partition: ASIDE, sort: id });

/**
 * Holds while the checkpoint is the one that was read. The digest is compared too: taking up a record that was set aside
 * moves nothing else.
 */
export function isAt({ position, part, digest, closings }: ViewCheckpoint) {
  const isBeginning = closings === undefined && position === BEGINNING.position && part === 0;
  const counted = closings === undefined ? 'attribute_not_exists(#closings)' : '#closings = :closings';
  const same = `#position = :position AND #part = :part AND #digest = :digest AND ${counted}`;
  return {
    ConditionExpression: isBeginning ? `attribute_not_exists(pk) OR ${same}` : same,
    ExpressionAttributeNames: {
      '#position': 'position',
      '#part': 'part',
      '#digest': 'digest',
      '#closings': 'closings',
    },
    ExpressionAttributeValues: {
      ':position': position,
      ':part': part,
      ':digest': digest,
      ...(closings !== undefined && { ':closings': closings }),
    },
  };
}
