import { recordsOrLast } from '../../domain/projections/records.ts';
import { historyParameters } from '../../domain/reading/parameters.ts';
import { absentRecord, question } from '../../domain/reading/question.ts';
import { summariesOf } from '../../domain/reading/summarized.ts';
import { historyPage } from './history.ts';
import type { ReplayedCommit } from './replay.ts';

const { knownAt: _, ...inPages } = historyParameters;

/** The events of a record after a version, up to the version of its row. That of a merged organization stays under its own id. */
export const historyQuestion = (id: string) =>
  question({
    models: [recordsOrLast],
    record: id,
    shape: inPages,
    async answer({ limit, cursor: after }, { rows, replayed }) {
      const row = (await summariesOf(rows.records, [id])).get(id);
      if (!row) return absentRecord(id);
      const commits = (await replayed(row, { after, limit })).commits as readonly ReplayedCommit[];
      const sealed = commits.map(({ entries, position }) => ({ commit: { events: entries }, position }));
      return { body: await historyPage(sealed, { limit, after }) };
    },
  });
