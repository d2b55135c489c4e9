import type { Projection } from '../../domain/projections/projection.ts';
import { servingOf } from '../stores/served.ts';
import type { Views } from '../stores/views.ts';

export interface DropDeps {
  readonly projection: Projection;
  readonly views: Pick<Views, 'checkpoint' | 'serving' | 'changeServing' | 'dropOthers'>;
  /** Resolves when whoever began before the call to read what was served has ended. */
  readonly untilIdle: () => Promise<unknown>;
}

/** Deletes every build of a read model but the one that is served and the one that is made; answers how many items. */
export async function dropBuilds({ projection, views, untilIdle }: DropDeps): Promise<number> {
  const { name } = projection;
  for (;;) {
    const known = await views.serving(name);
    if (!known?.kept) break;
    const { kept: _, ...rest } = known;
    await views.changeServing(name, known, rest);
  }
  await untilIdle();
  return views.dropOthers(name, async () => {
    const { serving } = await servingOf(projection, views);
    return serving.building ? [serving, serving.building] : [serving];
  });
}
