import type { Summary } from '../answers/record.ts';
import { SUMMARY_NAMES } from '../bounds.ts';
import { presentRecord } from '../presentation.ts';
import type { SealedRecord } from '../projections/projection.ts';
import { recordsOrLast, shortName, summaryOf } from '../projections/records.ts';
import { namesOn } from '../record/held.ts';
import { type RecordList, shown } from '../record/shown.ts';
import { listedIn } from '../record-lists.ts';
import type { Day } from '../values/partial-date.ts';
import { partiesParameters, recordListParameters, recordParameters } from './parameters.ts';
import { question, type RowSources, unmerged } from './question.ts';
import { linkToList, pageOfList } from './record-lists.ts';
import { type ReadSummaries, referencesOf, summariesIn } from './references.ts';
import { summariesOf } from './summarized.ts';

/** A record, and the lists of what it holds: its row tells up to which version its events are folded. */

/** The summary of a record with the names that it had on a day. */
export const summaryOn = (sealed: SealedRecord, day: Day | undefined): Summary => ({
  ...summaryOf(sealed),
  ...(day !== undefined && { names: namesOn(sealed.record, day).slice(0, SUMMARY_NAMES).map(shortName) }),
});

/** Reads summaries with the names of a day, as far as these are other ones. */
function summariesOn(day: Day | undefined, { rows, replayed }: RowSources): ReadSummaries {
  if (day === undefined) return summariesIn(rows.records);
  const asOf = async (row: Summary) => (row.otherNames ? summaryOn((await replayed(row)).sealed, day) : row);
  return async (ids) => Promise.all([...(await summariesOf(rows.records, ids)).values()].map(asOf));
}

const { knownAt: _, ...onDay } = recordParameters;
const { knownAt: __, ...inPages } = recordListParameters;
const { knownAt: ___, ...ofParties } = partiesParameters;

export const recordQuestion = (id: string) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: onDay,
    async answer({ validOn }, sources) {
      const found = await unmerged(sources.rows.records, id);
      if (!('summary' in found)) return found;
      const replayed = await sources.replayed(found.summary);
      const linkTo = (list: RecordList, after: number) => linkToList(id, list, after, { validOn });
      const own = { ...shown(presentRecord(replayed.sealed, validOn), linkTo), ...(await sources.overtaken(replayed)) };
      return { body: { ...own, references: await referencesOf(own, id, summariesOn(validOn, sources)) } };
    },
  });

/** A list of a record, in pages. */
export const recordListQuestion = (id: string, list: RecordList) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: list === 'parties' ? ofParties : { ...inPages, validOn: ofParties.validOn },
    async answer({ validOn, ...range }, sources) {
      const found = await unmerged(sources.rows.records, id);
      if (!('summary' in found)) return found;
      const { sealed, commits } = await sources.replayed(found.summary);
      const page = pageOfList(id, list, listedIn(list, sealed, commits, validOn), range);
      if (!('body' in page)) return page;
      const references = await referencesOf(page.body.items, id, summariesIn(sources.rows.records));
      return { body: { ...page.body, references } };
    },
  });
