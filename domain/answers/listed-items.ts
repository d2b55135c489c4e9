import type * as z from 'zod';
import { evidenceItem } from '../values/evidence.ts';
import { answersIn } from './answers.ts';
import { activityPage, clientEntry, disputeEntry, duplicateGroup, timelinePage } from './lists.ts';
import { member } from './memberships.ts';
import { relationEdge } from './relations.ts';
import { statisticsRow } from './statistics.ts';

/** What the items of a list are, for the columns of its export. */
export interface ListedItems {
  readonly item: z.ZodType;
  /** What the first column is where items have no `id`: a field, or the record whose list it is. */
  readonly id?: string | 'of the record';
  /** The member of the answer that they stand in, where it is not `items`. */
  readonly within?: string;
  /** Items of a page, unless the request says how many. */
  readonly most?: number;
}

/** The same of other lists. */
export const EXPORTED_ITEMS = 500;

const ofRecord = 'of the record';

/** The items of every list that is exported, by its path. */
export const listedItems: ReadonlyMap<string, ListedItems> = new Map<string, ListedItems>([
  ...Object.entries(answersIn).flatMap(([collection, answers]): [string, ListedItems][] => [
    [`/v1/${collection}`, { item: answers.summary }],
    [`/v1/${collection}/{id}/history`, { item: answers.historyItem }],
    [`/v1/${collection}/{id}/evidence`, { item: evidenceItem, id: ofRecord }],
    [`/v1/${collection}/{id}/facts`, { item: answers.fact, id: ofRecord }],
    [`/v1/${collection}/{id}/parties`, { item: answers.party, id: ofRecord }],
  ]),
  ['/v1/organizations/{id}/activity', { item: activityPage.shape.items.element }],
  ['/v1/organizations/{id}/members', { item: member, id: 'membership' }],
  ['/v1/relations', { item: relationEdge, id: 'between', within: 'edges', most: 100 }],
  ['/v1/statistics', { item: statisticsRow, id: 'link', within: 'rows', most: 100 }],
  ['/v1/timeline', { item: timelinePage.shape.items.element }],
  ['/v1/duplicates', { item: duplicateGroup, id: 'likeness' }],
  ['/v1/clients', { item: clientEntry, id: 'client' }],
  ['/v1/disputes', { item: disputeEntry }],
]);
