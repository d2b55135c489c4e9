import { setTimeout as sleep } from 'node:timers/promises';

interface ReadModel {
  readonly name: string;
  readonly revision: number;
  readonly position?: number;
  readonly lag: number;
  readonly complete: boolean;
  readonly setAside: readonly object[];
  readonly building?: { readonly revision: number; readonly lag: number };
}

const EVERY = 500;

/** Whether rows of a revision that was not served yet are being made. */
const isBuilding = ({ complete, lag, revision, building }: ReadModel): boolean =>
  (!complete && lag > 0) || (building !== undefined && building.revision !== revision);

/**
 * Says which read models are being built: those of a revision that the data directory has not had yet. Resolves when it
 * has said so; goes on to say when each is served, until `signal`.
 */
export async function tellBuilding(url: string, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  const building = (await readModels(url)).filter(isBuilding);
  for (const { name, revision, building: made } of building) {
    const meanwhile = made
      ? `${name}@${revision} is served as it stands, and what cannot be told from it answers 503`
      : 'what is read from it answers 503';
    tell(`building the read model ${name}@${made?.revision ?? revision} anew; until it is whole, ${meanwhile}`);
  }
  for (const { name } of building) void tellBuilt(url, name, tell, signal).catch(() => {});
}

async function tellBuilt(url: string, name: string, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = (await readModels(url)).find((one) => one.name === name);
    if (now && !isBuilding(now)) {
      const { length } = now.setAside;
      const aside = length === 0 ? '' : `, ${length} ${length === 1 ? 'record' : 'records'} set aside`;
      return tell(`  built ${name}@${now.revision} up to position ${now.position}${aside}`);
    }
    await sleep(EVERY, undefined, { signal, ref: false });
  }
}

async function readModels(url: string): Promise<readonly ReadModel[]> {
  const { items } = (await (await fetch(`${url}/v1/projections`)).json()) as { items: readonly ReadModel[] };
  return items;
}
