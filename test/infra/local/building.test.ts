import { afterEach, describe, expect, it, vi } from 'vitest';
import { tellBuilding } from '../../../infra/local/building.ts';

const model = { name: 'records', revision: 5, lag: 0, complete: true, position: 41, setAside: [] as object[] };

/** What is told when the read model stands so, at each time that it is asked for. */
async function told(...states: object[]): Promise<string[]> {
  vi.stubGlobal('fetch', async () => {
    const state = states.length > 1 ? states.shift() : states[0];
    return Response.json({ items: [{ ...model, ...state }] });
  });
  const lines: string[] = [];
  const ending = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const tell = (line: string) => {
    lines.push(line);
    if (line.includes('built ')) resolve();
  };
  await tellBuilding('http://localhost', tell, ending.signal);
  if (lines.length > 0) await promise;
  ending.abort();
  return lines;
}

afterEach(() => vi.unstubAllGlobals());

describe('the local run', () => {
  it('says that a read model is built anew, and when it is whole', async () => {
    const building = { complete: false, lag: 42, position: undefined };
    expect(await told(building, building, {})).toEqual([
      'building the read model records@5 anew; until it is whole, what is read from it answers 503',
      '  built records@5 up to position 41',
    ]);
    expect((await told(building, { setAside: [{}, {}] })).at(-1)).toBe(
      '  built records@5 up to position 41, 2 records set aside',
    );
  });

  it('says what is served of a read model that is built beside its predecessor', async () => {
    const building = { building: { revision: 6, lag: 42 } };
    expect(await told(building, building, { revision: 6 })).toEqual([
      'building the read model records@6 anew; until it is whole, records@5 is served as it stands, and what cannot be told from it answers 503',
      '  built records@6 up to position 41',
    ]);
  });

  it.each([
    ['rebuilt in its own revision', { building: { revision: 5, lag: 42 } }],
    ['empty', { complete: false, position: undefined }],
    ['only behind', { lag: 3 }],
  ])('says nothing of one that is %s', async (_, state) => {
    expect(await told(state)).toEqual([]);
  });
});
