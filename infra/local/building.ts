import { setTimeout as sleep } from 'node:timers/promises';

interface ReadModel {
  readonly name: string;
  readonly revision: number;
  readonly position?: number;
  readonly lag: number;
  readonly complete: boolean;
  readonly setAside: readonly object[];
}

const EVERY = 500;

/**
 * Says which read models are being built anew: those of a revision that the data directory has not had yet. Resolves
 * when it has said so; goes on to say when each has come to the end of the log, until `signal`.
 */
export async function tellBuilding(url: string, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  const building = (await readModels(url)).filter(({ complete, lag }) => !complete && lag > 0);
  for (const { name, revision } of building) {
    tell(`building the read model ${name}@${revision} anew; until it is whole, lists and records answer 503`);
  }
  for (const { name } of building) void tellBuilt(url, name, tell, signal).catch(() => {});
}

async function tellBuilt(url: string, name: string, tell: (line: string) => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    const now = (await readModels(url)).find((one) => one.name === name);
    if (now?.complete) {
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
