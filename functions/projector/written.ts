import type { Projection } from '../../domain/projections/projection.ts';
import { type Build, buildOf, type Serving, withOrder } from '../stores/builds.ts';
import { servingOf } from '../stores/served.ts';
import type { Views } from '../stores/views.ts';

export type BuildsStore = Pick<Views, 'checkpoint' | 'serving' | 'changeServing'>;

/** The builds that a release writes. A build of another revision is served as it stands. */
export interface Written {
  /** What is served, if it is of this release's revision. */
  readonly served?: Build;
  readonly building?: Build;
  /** What was read of it, if there is anything. */
  readonly serving?: Serving | undefined;
}

/**
 * The builds of a read model that this release writes. A release whose revision is not the one that is served orders a
 * build of it: so a new revision, or an older one that has come back, builds itself.
 */
export async function writtenBuilds(projection: Projection, views: BuildsStore): Promise<Written> {
  const { name, revision } = projection;
  for (;;) {
    const { known, serving } = await servingOf(projection, views);
    const { building } = serving;
    if (serving.revision === revision) {
      const isOurs = building?.revision === revision;
      return { served: buildOf(serving), ...(building && isOurs && { building }), serving: known };
    }
    if (building?.revision === revision) return { building, serving: known };
    await views.changeServing(name, known, withOrder(serving, revision));
  }
}
