import type { OverviewAnswer } from '../answers/statistics.ts';
import { type Measure, measures } from '../kernel/counted.ts';
import { standings } from '../record/record.ts';
import type { RowReader } from './row-reader.ts';
import { linkTo, sumOfTotals, totalsIn } from './statistics.ts';
import { newLook } from './statistics-rows.ts';
import { toldOf } from './statistics-told.ts';
import { readTimeline } from './timeline.ts';

/** Moments that a front page shows. */
const MOMENTS = 10;

type Totals = Awaited<ReturnType<typeof totalsIn>>;

const figureOfTotals = (measure: Measure, totals: Totals, chosen: Readonly<Record<string, string>> = {}) => ({
  ...toldOf(sumOfTotals(totals)),
  link: linkTo(measure, chosen),
});

/** The key figures of a front page, without their position. */
export async function overviewFigures(reader: RowReader): Promise<Omit<OverviewAnswer['figures'], 'position'>> {
  const look = newLook();
  const all = await Promise.all(
    measures.map(async (measure) => [measure, await totalsIn(reader, measure, look)] as const),
  );
  const figures = Object.fromEntries(all.map(([measure, totals]) => [measure, figureOfTotals(measure, totals)]));
  const { signings = [], launches = [] } = Object.fromEntries(all) as Partial<Record<Measure, Totals>>;
  return {
    ...(figures as Record<Measure, ReturnType<typeof figureOfTotals>>),
    standings: standings.map((standing) => ({
      standing,
      ...figureOfTotals(
        'signings',
        signings.filter((one) => one.standing === standing),
        { standing },
      ),
    })),
    held: figureOfTotals(
      'launches',
      launches.filter(({ state }) => state === 'held'),
      { state: 'held' },
    ),
  };
}

/** What was recorded last, with the names of whom it is about. */
export async function newestMoments(reader: RowReader): Promise<Omit<OverviewAnswer['newest'], 'position'>> {
  const { items, references } = await readTimeline(reader, { limit: MOMENTS });
  return { items, references };
}
