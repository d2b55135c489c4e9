import { type Build, buildOf, FIRST_BUILD, type ModelRef, type Serving, sameBuild, withOrder } from './builds.ts';
import type { ViewCheckpoint } from './view-items.ts';

/** The build of a read model that is served. */
export interface ServedBuild extends Build {
  readonly checkpoint: ViewCheckpoint;
  /** Whether this release can read its rows: those of its own revision, and of the ones that its projection `reads`. */
  readonly isReadable: boolean;
  /** The build that is made beside it: also the one that the projector will order, where another revision is served. */
  readonly building?: Build;
}

export interface ServedDeps {
  readonly serving: (name: string) => Promise<Serving | undefined>;
  readonly checkpointOf: (name: string, build: Build) => Promise<ViewCheckpoint>;
  /** In milliseconds. */
  readonly now: () => number;
}

/**
 * For how long reads of rows rely on what was read of what is served, in milliseconds. Requests read the checkpoint
 * first, which reads it anew; a build that is no longer served is deleted much later, if at all.
 */
const FRESH = 5_000;

/** Finds which build is served, in the round of reads that reads its checkpoint. */
export function createServed({ serving, checkpointOf, now }: ServedDeps) {
  const known = new Map<string, { readonly build: Build; readonly at: number }>();
  const modelKey = ({ name, revision }: ModelRef) => `${name}@${revision}`;

  async function served(model: ModelRef): Promise<ServedBuild> {
    const { name, revision, reads = [] } = model;
    const own = { revision, build: FIRST_BUILD };
    const guess = known.get(modelKey(model))?.build ?? own;
    const at = now();
    const [item, guessed] = await Promise.all([serving(name), checkpointOf(name, guess)]);
    const read = async (build: Build) => (sameBuild(build, guess) ? guessed : checkpointOf(name, build));
    const build = item ? buildOf(item) : await unflipped();
    known.set(modelKey(model), { build, at });
    const building = buildingBeside(item ?? { ...build, last: FIRST_BUILD, changes: 0 }, revision);
    return {
      ...build,
      checkpoint: await read(build),
      isReadable: [revision, ...reads].includes(build.revision),
      ...(building && { building }),
    };

    /** Before the projector of a new revision has run for the first time, its predecessor is served. */
    async function unflipped(): Promise<Build> {
      const last = { revision: revision - 1, build: FIRST_BUILD };
      if (revision === 1 || (await read(own)).complete) return own;
      return (await read(last)).complete ? last : own;
    }
  }

  /** The build that is served, as it was read a moment ago. */
  async function current(model: ModelRef): Promise<Build> {
    const last = known.get(modelKey(model));
    return last && now() - last.at < FRESH ? last.build : buildOf(await served(model));
  }

  return { served, current };
}

/** What is made beside what is served: where that is of another revision, a build of this one, ordered or not. */
function buildingBeside(serving: Serving, revision: number): Build | undefined {
  const { building } = serving;
  if (serving.revision === revision || building?.revision === revision) return building;
  return withOrder(serving, revision).building;
}

interface ServingSources {
  readonly serving: (name: string) => Promise<Serving | undefined>;
  readonly checkpoint: (model: ModelRef) => Promise<ViewCheckpoint>;
}

/**
 * What is served, and the item that says so, if there is one. Where nothing was ever built beside it, that is this
 * revision, or the newest earlier one that has come to the end of the log while this one has not.
 */
export async function servingOf(
  { name, revision }: ModelRef,
  { serving, checkpoint }: ServingSources,
): Promise<{ readonly known: Serving | undefined; readonly serving: Serving }> {
  const known = await serving(name);
  if (known) return { known, serving: known };
  const first = (one: number) => ({
    known,
    serving: { revision: one, build: FIRST_BUILD, last: FIRST_BUILD, changes: 0 },
  });
  for (let one = revision; one > 0; one -= 1) {
    if ((await checkpoint({ name, revision: one, build: FIRST_BUILD })).complete) return first(one);
  }
  return first(revision);
}
