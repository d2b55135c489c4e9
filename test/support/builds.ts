import type { Projection } from '../../domain/projections/projection.ts';
import { type Build, FIRST_BUILD } from '../../functions/stores/builds.ts';

/** A projection with the build that is served unless another was made. */
export const firstBuildOf = <One extends Projection>(projection: One): One & Build => ({
  ...projection,
  build: FIRST_BUILD,
});
