import type * as z from 'zod';
import type { Projection } from '../../domain/projections/projection.ts';
import type { rowsParameters } from '../http/audit-parameters.ts';
import { parameterRefused } from '../http/parameters.ts';
import { RetryableError, retry } from '../runtime/backoff.ts';
import { canonical } from '../runtime/canonical.ts';
import { buildName, buildOf } from '../stores/builds.ts';
import type { ViewKey, Views } from '../stores/views.ts';

/** Attempts to read a page while the projector writes, and milliseconds to wait after the first. */
const ATTEMPTS = 3;
const WAIT = 50;

export interface RowsPage {
  /** The position of the read model; -1 before the first event. */
  readonly position: number;
  /** Canonical JSON (RFC 8785) of `[partition, sort, value]`, over which the digest is computed. */
  readonly rows: readonly string[];
  readonly next?: string;
}

interface RowsDeps {
  readonly views: Pick<Views, 'checkpoint' | 'served' | 'rows'>;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Some rows of a read model, in no order. They are those at its position if the checkpoint has not moved while they
 * were read. If it moves at every attempt, rows may be ahead of the position, never behind.
 * @throws ProblemError 400 for a cursor of another read model, or of another build of it
 */
export async function readRows(
  projection: Projection,
  { limit, cursor: from }: z.output<z.ZodObject<typeof rowsParameters>>,
  { views, sleep }: RowsDeps,
): Promise<RowsPage> {
  const served = buildOf(await views.served(projection));
  const build = { ...projection, ...served };
  const model = buildName(projection.name, served);
  if (from && from[0] !== model)
    throw parameterRefused('cursor', 'is of another read model, or of another build of it');
  const after = from && { pk: from[1], sk: from[2] };
  const attempt = async (number: number): Promise<RowsPage> => {
    const before = await views.checkpoint(build);
    const { rows, next } = await views.rows(build, after, limit);
    const { position, part, digest } = await views.checkpoint(build);
    const isStill = position === before.position && part === 0 && before.part === 0 && digest === before.digest;
    if (!isStill && number < ATTEMPTS) throw new RetryableError('the checkpoint has moved');
    return {
      position: before.position,
      rows: rows.map(({ partition, sort, value }) => canonical([partition, sort, value])),
      ...(next && { next: cursorOf(model, next) }),
    };
  };
  return retry(attempt, { attempts: ATTEMPTS, backoff: (failed) => sleep(WAIT * failed) });
}

/** The answer has the rows in the bytes over which the digest is computed. */
export function rowsBody({ position, rows, next }: RowsPage): string {
  const rest = JSON.stringify({ ...(position >= 0 && { position }), ...(next !== undefined && { next }) }).slice(1);
  return `{"items":[${rows.join(',')}]${rest === '}' ? '' : ','}${rest}`;
}

const cursorOf = (model: string, { pk, sk }: ViewKey): string =>
  Buffer.from(JSON.stringify([model, pk, sk])).toString('base64url');
