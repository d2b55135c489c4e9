import { aggregateByCollection, aggregates } from '../../domain/catalog.ts';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import { ProblemError } from './problem.ts';

/** The aggregate of the collection in a path. @throws ProblemError 404 */
export function collectionOf(name: string): Aggregate {
  const aggregate = aggregateByCollection(name);
  if (aggregate) return aggregate;
  const collections = aggregates.map(({ collection }) => collection);
  throw new ProblemError('not-found', `there is no collection "${name}"${didYouMean(name, collections)}`);
}

/** The id in a path, if it has the form of that collection's ids. @throws ProblemError 404 */
export function idOf(collection: string, id: string): string {
  if (aggregateOf(id) === collectionOf(collection).name) return id;
  throw new ProblemError('not-found', `there is no record ${id} among the ${collection}`);
}
