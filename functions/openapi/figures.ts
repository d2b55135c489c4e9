import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import { cellParameters, statisticsParameters } from '../../domain/reading/figure-parameters.ts';
import { filtersOf, paging } from '../../domain/reading/parameters.ts';
import { measuresIn } from '../../domain/reading/statistics.ts';
import { queryParameters } from './parameters.ts';
import { type Operation, schemaRef } from './parts.ts';
import { pageHeaders, type ReadOperation } from './read-parts.ts';

/** Statistics, the front page, and the lists of what figures count. */

const texts = {
  measure: 'With it, the list is that of the records behind one figure of `/v1/statistics`, cohorts among them',
  month: 'With `measure`: what counts in this month, or in this year without a month (`2023`), or `unknown`',
  year: 'With `measure`: what counts in this year, or `unknown`',
  kind: 'With `measure`: of this kind, or `none`',
  organization: 'With `measure`: what counts for this organization',
  ceremony: 'With `measure`: what counts at this ceremony',
  standing: 'With `measure`: of this standing',
  state: 'With `measure`: in this state',
  limit: '',
  cursor: '',
};

/** The parameters that a collection's list has besides, where its records are counted. */
export function figureParametersOf(aggregate: Aggregate): object[] {
  if (measuresIn(aggregate.collection).length === 0) return [];
  const { measure, ...others } = cellParameters(aggregate);
  const known = Object.keys({ ...filtersOf(aggregate), ...paging });
  const own = Object.fromEntries(Object.entries(others).filter(([name]) => !known.includes(name)));
  return queryParameters({ measure: measure.optional(), ...own }, texts);
}

const chosen = 'Only this value, where `by` names it';

export const figureOperations = (atPosition: (one: ReadOperation) => Operation): [string, Operation][] => [
  [
    '/v1/statistics',
    atPosition({
      tag: 'register',
      operationId: 'statistics',
      summary: 'How many there are, by time and by what people choose by',
      description:
        'A signing is an agreement with a signature that stands, dated by the first; for an organization it is dated by its own. A cohort counts as many as its sources do, and no fewer than were identified. Months come last first, and end in what is known of the year alone, and in `unknown`; months, years, kinds, standings and states each add up to the total. A figure by organization counts for everyone who takes part, and those do not add up. After a merge it counts nobody twice; where that would take more than 500 records, it is a range. `link` is the list of the records that a figure counts. With `next` there may be more, also after a page that is shorter than its limit. `Registry-Position` is the lowest of the read models that the answer is made of.',
      parameters: queryParameters(statisticsParameters, {
        measure: 'What is counted: signings where nothing is said',
        by: '`month` or `year`, or one of `kind`, `organization`, `ceremony`, `standing` and `state`, or one of each; without it the total',
        from: 'With `month` or `year` in `by`: from this month, or year, on',
        to: 'With `month` or `year` in `by`: up to this month, or year',
        kind: chosen,
        organization: chosen,
        ceremony: chosen,
        standing: chosen,
        state: chosen,
        limit: 'The most rows to answer',
        cursor: 'The `next` of the previous page',
      }),
      schema: schemaRef('StatisticsPage'),
      headers: pageHeaders,
    }),
  ],
  [
    '/v1/overview',
    atPosition({
      tag: 'register',
      operationId: 'overview',
      summary: 'The key figures of a front page, and what was recorded last',
      description:
        'Each part tells the position that it covers; `Registry-Position` is the lowest of them. Every figure has the link to what it counts.',
      schema: schemaRef('Overview'),
    }),
  ],
];
