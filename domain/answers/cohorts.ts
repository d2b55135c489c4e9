import * as z from 'zod';
import { cohortRecorded, countStated, events, identified, reconciled } from '../cohort/events.ts';
import { states } from '../cohort/state.ts';
import { count } from '../values/count.ts';
import { evidence } from '../values/evidence.ts';
import { name } from '../values/names.ts';
import { historyItemsOf, listedFactsOf } from './events.ts';
import { factOfType, openingOfType, saidIn } from './facts.ts';
import { partyOrganization, quantity, streamVersion } from './parts.ts';
import { recordEnd, recordHead, standingShown, summaryIn } from './record.ts';

export const cohortAnswers = {
  record: z.object({
    ...recordHead('cohort', states),
    ...saidIn(cohortRecorded, 'names'),
    names: z.array(name).exactOptional(),
    formerNames: z.array(name).exactOptional(),
    count: count.meta({ description: 'What its sources together leave open' }),
    counts: z
      .array(
        z.object({
          version: streamVersion,
          count,
          on: countStated.shape.on,
          standing: standingShown.extract(['reported', 'hosted']),
          evidence,
        }),
      )
      .meta({ description: 'What each source says' }),
    identified: z.array(z.object(saidIn(identified))).meta({ description: 'Those who are known, each once' }),
    unnamed: count.meta({ description: 'How many are not known' }),
    counted: count.meta({ description: 'How many there are, those who are known among them' }),
    reconciled: factOfType('cohort.reconciled', reconciled).exactOptional(),
    facts: z.array(
      z.discriminatedUnion('type', [
        openingOfType('cohort.recorded', cohortRecorded.shape.on),
        factOfType('cohort.count-stated', countStated),
        factOfType('cohort.identified', identified),
        factOfType('cohort.reconciled', reconciled),
      ]),
    ),
    ...recordEnd,
  }),
  summary: summaryIn('cohorts', states, {
    kind: cohortRecorded.shape.subject,
    within: z.object(saidIn(cohortRecorded.pick({ body: true, programme: true }))),
    counted: count.meta({ description: 'How many there are, as far as that is known by now' }),
    identifiedCount: quantity.meta({ description: 'How many of them are known' }),
  }),
  party: partyOrganization,
  historyItem: historyItemsOf('cohort', events),
  fact: listedFactsOf('cohort', events),
};
