import type { Summary } from '../../domain/answers/record.ts';
import { recordRow } from '../../domain/projections/records.ts';
import { rowKey } from '../../domain/projections/sums.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { MergedError, ProblemError } from '../http/problem.ts';
import type { Marker } from '../stores/log-items.ts';
import { type Aside, asideRow } from '../stores/view-items.ts';
import type { createReplay } from './replay.ts';

/** As of which position a record is read. */
export interface AsOf {
  /** The end of a commit, as of which the registry's knowledge is read; without it, that of the read model. */
  readonly knownAt?: number | undefined;
  /** The position of the answer. */
  readonly position: number;
}

interface Deps {
  readonly reader: Pick<RowReader, 'get'>;
  readonly replay: Pick<ReturnType<typeof createReplay>, 'markersOf' | 'markersAt'>;
}

const RETRY_AFTER_SECONDS = '3600';

/**
 * What is made of a record's commits, told by their markers: of those that the read model has. Of a record that it has
 * set aside, all that are sealed; if nothing can be made of these either, those that its rows have.
 * @throws ProblemError 404 when the record is not known, and 503 when nothing can be made of it
 */
export async function madeOf<Body extends object>(
  id: string,
  { knownAt, position }: AsOf,
  make: (markers: readonly Marker[]) => Promise<Body>,
  { reader, replay }: Deps,
): Promise<Body & { readonly setAside?: Aside }> {
  if (knownAt !== undefined) return make(await replay.markersAt(id, knownAt));
  const own = { partition: recordRow(id), sort: id };
  const rows = await reader.get<Summary | Aside>([own, asideRow(id)]);
  const summary = rows.get(rowKey(own)) as Summary | undefined;
  const setAside = rows.get(rowKey(asideRow(id))) as Aside | undefined;
  if (!setAside) {
    if (!summary) throw new ProblemError('not-found', `there is no record ${id}`);
    return make(await replay.markersOf(summary));
  }
  const { version } = setAside;
  const whole = await replay.markersAt(id, position);
  const body =
    (await attempted(() => make(whole))) ??
    (version > 0 ? await attempted(async () => make(await replay.markersOf({ id, version }))) : undefined);
  if (body) return { ...body, setAside };
  throw asideProblem(id, `cannot be read since position ${setAside.position}: ${setAside.reason}`);
}

/** Nothing can be made of the record now. */
export const asideProblem = (id: string, why: string): ProblemError =>
  new ProblemError('set-aside', `${id} ${why}`, { headers: { 'Retry-After': RETRY_AFTER_SECONDS } });

/** Undefined when the domain throws. Answers that are none, and errors of AWS, which have metadata, are passed on. */
export async function attempted<Body>(make: () => Promise<Body>): Promise<Body | undefined> {
  try {
    return await make();
  } catch (error) {
    const isOurs = error instanceof ProblemError || error instanceof MergedError;
    if (isOurs || (error instanceof Error && '$metadata' in error)) throw error;
    return undefined;
  }
}
