import { aggregateByCollection } from '../catalog.ts';
import { recordLists } from '../record/shown.ts';
import { aggregateOf } from '../values/ids.ts';
import type { GivenParameters } from './asked.ts';
import { asksForCell, cellQuestion, overviewQuestion, statisticsQuestion } from './figures.ts';
import type { Question } from './question.ts';
import {
  activityQuestion,
  listQuestion,
  programmeQuestion,
  relationsQuestion,
  rosterQuestion,
  searchQuestion,
  timelineQuestion,
} from './questions.ts';
import { recordListQuestion, recordQuestion } from './record.ts';
import { registrarLists } from './registrar-lists.ts';

const plain: Readonly<Record<string, Question>> = {
  timeline: timelineQuestion,
  search: searchQuestion,
  relations: relationsQuestion,
  statistics: statisticsQuestion,
  overview: overviewQuestion,
  ...registrarLists,
};

const within: Readonly<Record<string, (id: string) => Question>> = {
  'organizations/activity': activityQuestion,
  'organizations/members': rosterQuestion,
  'ceremonies/programme': programmeQuestion,
};

/** What a request asks of read models; undefined where its path asks nothing of them, or names no possible record. */
export function questionAt(path: string, query: GivenParameters): Question | undefined {
  const [, root, name = '', id, part, ...more] = path.split('/');
  if (root !== 'v1' || more.length > 0) return undefined;
  if (id === undefined && Object.hasOwn(plain, name)) return plain[name];
  const aggregate = aggregateByCollection(name);
  if (!aggregate) return undefined;
  if (id === undefined) return asksForCell(aggregate, query) ? cellQuestion(aggregate) : listQuestion(aggregate);
  if (aggregateOf(id) !== aggregate.name) return undefined;
  if (part === undefined) return recordQuestion(id);
  const list = recordLists.find((one) => one === part);
  return list ? recordListQuestion(id, list) : within[`${name}/${part}`]?.(id);
}
