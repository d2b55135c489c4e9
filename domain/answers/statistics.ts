import * as z from 'zod';
import { standings } from '../record/record.ts';
import { count } from '../values/count.ts';
import { ref } from '../values/ids.ts';
import { timelinePage } from './lists.ts';
import { type Answer, link, logPosition, next, references, total } from './parts.ts';
import { proofShown } from './proof.ts';

/** Figures, each with the list of the records that it counts. */

const figure = {
  count: count.meta({ description: 'How many there are: a range where some of them are not named' }),
  records: total.meta({ description: 'How many records tell so: those that the link lists' }),
  link: link.meta({ description: 'The records that it counts' }),
};
const figureShown = z.object(figure);

const bucket = z.string().meta({ examples: ['2023-02', '2023', 'unknown'] });

export const statisticsRow = z.object({
  month: bucket
    .exactOptional()
    .meta({ description: 'As precise as the date: a month, a year whose month is not known, or `unknown`' }),
  year: bucket.exactOptional().meta({ description: 'A year, or `unknown`' }),
  kind: z.string().exactOptional().meta({ description: 'The kind; `none` where there is none' }),
  organization: ref('organization').exactOptional(),
  ceremony: ref('ceremony').exactOptional(),
  standing: z.enum(standings).exactOptional(),
  state: z.string().exactOptional(),
  ...figure,
});
export const statisticsAnswer = z.object({ rows: z.array(statisticsRow), references, next, proof: proofShown });

const position = logPosition
  .exactOptional()
  .meta({ description: 'The last position that this part covers; none before the first event' });

export const overviewAnswer = z.object({
  proof: proofShown,
  figures: z.object({
    position,
    signings: figureShown,
    standings: z
      .array(z.object({ standing: z.enum(standings), ...figure }))
      .meta({ description: 'The signings by how far each has come on the evidence ladder' }),
    members: figureShown,
    admissions: figureShown,
    intents: figureShown,
    conferrals: figureShown,
    launches: figureShown,
    held: figureShown.meta({ description: 'What was launched and has been held since' }),
    organizations: figureShown,
  }),
  newest: timelinePage.omit({ next: true }).extend({ position }),
});
export type OverviewAnswer = Answer<typeof overviewAnswer>;
