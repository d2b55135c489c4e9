import { describe, expect, it } from 'vitest';
import { digestAfter, EMPTY_DIGEST } from '../../domain/projections/digest.ts';
import { applyCommit, isRecordStream, type SealedRecord } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { rowsByKey } from '../../functions/projector/difference.ts';
import { eventsOf } from '../../functions/stores/event-store.ts';
import { acceptedCommits } from '../support/accepted-history.ts';
import { rowsOf } from '../support/rows-in-memory.ts';
import { publishedLog, sha256 } from './support/published.ts';
import { run, runJson } from './support/run.ts';
import { objectsOf, type Route, serve } from './support/server.ts';

const history = acceptedCommits();
const events = history
  .flatMap(({ position, events: texts }) => texts.map((text, index) => ({ text, position: position + index })))
  .sort((one, other) => one.position - other.position)
  .map(({ text }) => text);
const log = publishedLog(events);
const LAST = events.length - 1;

type Served = [partition: string, sort: string, value: unknown];

/**
 * The rows of the accepted history, as the projector makes them: commit by commit, from commits as they were stored; of
 * some records only up to a version.
 */
function rowsUpTo(versions: ReadonlyMap<string, number> = new Map()): Served[] {
  const sealed = new Map<string, SealedRecord>();
  for (const commit of history.filter(({ stream }) => isRecordStream(stream))) {
    const end = commit.version + commit.events.length - 1;
    if (end > (versions.get(commit.stream) ?? end)) continue;
    sealed.set(commit.stream, applyCommit(sealed.get(commit.stream), eventsOf(commit), commit.position));
  }
  return rowsOf(records, [...sealed.values()]).map(({ partition, sort, value }) => [partition, sort, value]);
}
const rows = rowsUpTo();

const digestOf = (served: readonly Served[]): string => {
  const texts = [
    ...rowsByKey(served.map(([partition, sort, value]) => ({ partition, sort, value: value as object }))).values(),
  ];
  return digestAfter(
    sha256,
    EMPTY_DIGEST,
    [],
    texts.map(({ text }) => text),
  );
};

/** Serves a read model with these rows, a hundred on a page with an empty page between them. */
function readModel(
  served: readonly Served[],
  position: (asked: number) => number = () => LAST,
  digest = digestOf(served),
  setAside: readonly object[] = [],
): Route {
  let asked = 0;
  return ({ path, query }) => {
    if (path === '/v1/projections/records') {
      const at = position(asked++);
      const { revision } = records;
      return { body: JSON.stringify({ name: 'records', revision, position: at, lag: 0, digest, setAside }) };
    }
    if (path !== '/v1/projections/records/rows') return undefined;
    const at = position(asked++);
    const [page = '0', empty] = (query.get('cursor') ?? '0').split(' ');
    const from = Number(page) * 100;
    const items = empty ? [] : served.slice(from, from + 100);
    const next = empty ? String(Number(page) + 1) : from + 100 < served.length ? `${page} empty` : undefined;
    return { body: JSON.stringify({ position: at, items, next }) };
  };
}

describe('registry replay --compare', () => {
  it('folds the published log into the digest that the registry tells', async () => {
    await using server = await serve(objectsOf(log), readModel(rows));
    const { code, json } = await runJson('replay', '--compare', '--url', server.url, '--to', String(LAST));
    expect({ code, json }).toMatchObject({ code: 0, json: { same: true, position: LAST, differences: 0 } });
    expect(server.paths).not.toContain('/v1/projections/records/rows');
    expect(rows.length).toBeGreaterThan(150);
  });

  it('finds a second row of a key, whichever of the two is right', async () => {
    const [first] = rows as [Served, ...Served[]];
    const other: Served = [first[0], first[1], { other: true }];
    for (const served of [
      [other, ...rows],
      [...rows, other],
    ]) {
      await using server = await serve(
        objectsOf(log),
        readModel(served, () => LAST, digestOf(rows)),
      );
      expect(await runJson('replay', '--compare', '--rows', '--url', server.url)).toMatchObject({ code: 1 });
    }
  });

  it.each([
    ['twice', (at: number) => events.toSpliced(at, 0, events[at] as string)],
    ['not at all', (at: number) => events.toSpliced(at, 1)],
  ])('finds that the log has an event %s', async (_, altered) => {
    const second = events.findIndex((text) => {
      const { subject, streamversion } = JSON.parse(text) as { subject: string; streamversion: number };
      return streamversion === 2 && isRecordStream(subject) && events.some((one) => one.includes(`"${subject}/3"`));
    });
    const all = altered(second);
    await using server = await serve(
      objectsOf(publishedLog(all)),
      readModel(rows, () => all.length - 1),
    );
    const { code, err } = await run(['replay', '--compare', '--url', server.url]);
    expect(err).toMatch(/FAULT at position \d+: the log has .*\/[23] there, where .*\/[23] is due/);
    expect(code).toBe(1);
  });

  it('does not follow a cursor in a circle', async () => {
    const circle: Route = ({ path }) =>
      path.endsWith('/rows') ? { body: JSON.stringify({ position: LAST, items: [], next: 'x' }) } : undefined;
    await using server = await serve(objectsOf(log), circle, readModel(rows));
    const { code, err } = await run(['replay', '--compare', '--rows', '--url', server.url]);
    expect(err).toContain('same cursor again');
    expect(code).toBe(1);
  });

  it('folds as far as the read model stands', async () => {
    const end = history.findLast(({ position }) => position < LAST - 20) as (typeof history)[number];
    const to = end.position + end.events.length - 1;
    await using server = await serve(
      objectsOf(log),
      readModel([], () => to, 'f'.repeat(64)),
    );
    const { json } = await runJson('replay', '--compare', '--url', server.url);
    await using small = await serve(
      objectsOf(publishedLog(events.slice(0, to + 1))),
      readModel([], () => to, 'f'.repeat(64)),
    );
    expect(json.folded).toBe((await runJson('replay', '--compare', '--url', small.url)).json.folded);
    expect(json.folded).not.toBe(digestOf(rows));
  });

  it('says how far a read model is behind, also when it claims to be empty', async () => {
    const digestAt = async (position: number) => {
      await using server = await serve(
        objectsOf(log),
        readModel([], () => position, 'f'.repeat(64)),
      );
      return (await runJson('replay', '--compare', '--url', server.url)).json.folded as string;
    };
    for (const position of [history[0]?.events.length ?? 1, 0].map((length) => length - 1)) {
      await using server = await serve(
        objectsOf(log),
        readModel([], () => position, await digestAt(position)),
      );
      const { code, out } = await run(['replay', '--compare', '--url', server.url]);
      expect([code, out]).toEqual([0, expect.stringContaining(`the log has ${LAST - position} events more`)]);
    }
  });

  it('tells the rows that differ: only there, only here, with another value', async () => {
    const [gone, changed, ...rest] = rows as [Served, Served, ...Served[]];
    const altered: Served[] = [
      [changed[0], changed[1], { ...(changed[2] as object), state: 'altered' }],
      ...rest,
      ['list/x', 'y', {}],
    ];
    await using server = await serve(objectsOf(log), readModel(altered));
    const { code, json } = await runJson('replay', '--compare', '--url', server.url);
    expect(code).toBe(1);
    expect(json).toMatchObject({ same: false, differences: 3 });
    const found = json.rows as { partition: string; sort: string; folded?: object; served?: object }[];
    const by = (partition: string, sort: string) =>
      found.find((row) => row.partition === partition && row.sort === sort);
    expect(by(gone[0], gone[1])).toEqual({ partition: gone[0], sort: gone[1], folded: gone[2] });
    expect(by('list/x', 'y')).toEqual({ partition: 'list/x', sort: 'y', served: {} });
    expect(by(changed[0], changed[1])?.served).toMatchObject({ state: 'altered' });
    const { out } = await run(['replay', '--compare', '--url', server.url]);
    expect(
      out
        .split('\n')
        .map((line) => line[0])
        .sort(),
    ).toEqual(['+', '-', '≠']);
  });

  it('finds a row that was altered past the digest when it is to read the rows in any case', async () => {
    await using server = await serve(
      objectsOf(log),
      readModel(rows.slice(1), () => LAST, digestOf(rows)),
    );
    expect((await run(['replay', '--compare', '--url', server.url])).code).toBe(0);
    const { code, json } = await runJson('replay', '--compare', '--rows', '--url', server.url);
    expect({ code, json }).toMatchObject({ code: 1, json: { same: false, differences: 1 } });
    const { err } = await run(['replay', '--compare', '--rows', '--url', server.url]);
    expect(err).toContain('not the rows that it serves');
    await using whole = await serve(objectsOf(log), readModel(rows));
    expect((await run(['replay', '--compare', '--rows', '--url', whole.url])).code).toBe(0);
  });

  it('tells when only the digest is another one', async () => {
    await using server = await serve(
      objectsOf(log),
      readModel(rows, () => LAST, 'f'.repeat(64)),
    );
    const { code, err } = await run(['replay', '--compare', '--url', server.url]);
    expect(err).toContain('only the digest');
    expect(code).toBe(1);
  });

  it('says where the read model stands when that is not where it should', async () => {
    await using server = await serve(objectsOf(log), readModel(rows));
    const { code, err } = await run(['replay', '--compare', '--to', '12', '--url', server.url]);
    expect(err).toContain(`stands at position ${LAST}, not at 12`);
    expect(code).toBe(1);
  });

  it('starts over when the read model moves on, and gives up at last', async () => {
    // Asked for the position, then for a page: the first page is of another position.
    const once = readModel(rows.slice(1), (asked) => (asked === 1 ? LAST + 1 : LAST));
    await using server = await serve(objectsOf(log), once);
    const { err, json } = await runJson('replay', '--compare', '--url', server.url);
    expect(err).toContain('Starting over');
    expect(json).toMatchObject({ same: false, differences: 1 });

    const always = readModel(rows.slice(1), (asked) => (asked % 2 === 1 ? LAST + 1 : LAST));
    await using busy = await serve(objectsOf(log), always);
    expect(await run(['replay', '--compare', '--url', busy.url])).toMatchObject({ code: 1, out: '' });
  });

  describe('with records that the registry has set aside', () => {
    const second = history.find(
      ({ stream, version }) => isRecordStream(stream) && version > 2,
    ) as (typeof history)[number];
    const { stream: id, previous: lastTaken } = second;
    const version = second.version - 1;
    const asideAt = (at: number) => ({ id, version: at, position: 7, reason: 'it could not' });
    const serving = (served: readonly Served[], ...setAside: object[]) =>
      readModel(served, () => LAST, digestOf(served), setAside);

    it.each([
      ['an earlier version', version],
      ['no version', 0],
    ])('folds exactly these to %s, and says which of them this release could take', async (_, at) => {
      const earlier = rowsUpTo(new Map([[id, at]]));
      expect(digestOf(earlier)).not.toBe(digestOf(rows));
      await using server = await serve(objectsOf(log), serving(earlier, asideAt(at)));
      const { code, json } = await runJson('replay', '--compare', '--rows', '--url', server.url);
      expect({ code, json }).toMatchObject({ code: 0, json: { same: true, differences: 0 } });
      expect(json.setAside).toEqual([{ ...asideAt(at), taken: true }]);
      const { out } = await run(['replay', '--compare', '--url', server.url]);
      expect(out).toContain('1 record is set aside, and compared as of an earlier version; this release could take 1');
      expect(out).toContain(`${id} at version ${at}, since position 7 (it could not): could be taken`);
    });

    it('finds that the rows are of another version than the registry says', async () => {
      const earlier = rowsUpTo(new Map([[id, version]]));
      await using later = await serve(objectsOf(log), serving(earlier));
      expect((await run(['replay', '--compare', '--url', later.url])).code).toBe(1);
      await using none = await serve(objectsOf(log), serving(earlier, asideAt(0)));
      expect((await run(['replay', '--compare', '--url', none.url])).code).toBe(1);
    });

    it('refuses a version at which no commit ends, and a record that the log does not have', async () => {
      const long = history.find(({ stream, events: own }) => isRecordStream(stream) && own.length > 1);
      const within = { ...asideAt((long?.version ?? 0) + (long?.events.length ?? 0) - 2), id: long?.stream };
      await using inside = await serve(objectsOf(log), serving(rows, within));
      expect(await run(['replay', '--compare', '--url', inside.url])).toMatchObject({
        code: 1,
        err: expect.stringContaining('at which no commit ends'),
      });
      const stranger = { ...asideAt(0), id: `organization-${'a'.repeat(26)}` };
      await using unknown = await serve(objectsOf(log), serving(rows, stranger));
      expect(await run(['replay', '--compare', '--url', unknown.url])).toMatchObject({
        code: 1,
        err: expect.stringContaining('which the log does not have'),
      });
    });

    it('names a record that this release cannot take and the registry did', async () => {
      const later = events.map((text) =>
        text.includes(`"id":"${id}/${second.version}"`) ? text.replace(/(\/schemas\/[^"]+\/)\d+"/, '$1999"') : text,
      );
      const ofLater = publishedLog(later);
      await using server = await serve(objectsOf(ofLater), serving(rows));
      expect(await run(['replay', '--compare', '--url', server.url])).toMatchObject({
        code: 1,
        err: expect.stringContaining(`This release cannot take ${id}, which the registry did not set aside`),
      });
      const earlier = rowsUpTo(new Map([[id, version]]));
      await using same = await serve(objectsOf(ofLater), serving(earlier, asideAt(version)));
      const { code, json } = await runJson('replay', '--compare', '--url', same.url);
      expect({ code, json }).toMatchObject({ code: 0, json: { same: true, setAside: [{ id, taken: false }] } });
      expect(lastTaken).toBeGreaterThan(0);
    });

    it('starts over when a record is taken up while the rows are read', async () => {
      const earlier = rowsUpTo(new Map([[id, version]]));
      const [before, after] = [serving(earlier, asideAt(version)), serving(rows)];
      let told = 0;
      const takenUp: Route = (request) => {
        if (request.path === '/v1/projections/records') told += 1;
        return told === 1 ? before(request) : after(request);
      };
      await using server = await serve(objectsOf(log), takenUp);
      const { code, err, json } = await runJson('replay', '--compare', '--rows', '--url', server.url);
      expect(err).toContain('changed while its rows were read');
      expect({ code, json }).toMatchObject({ code: 0, json: { same: true, setAside: [] } });
    });
  });

  it('folds nothing that is not what was signed', async () => {
    const objects = new Map(log.objects);
    const bundle = Uint8Array.from(
      objects.get('tile/entries/000') ?? objects.get(`tile/entries/000.p/${events.length}`) ?? [],
    );
    bundle[50] = (bundle[50] as number) ^ 1;
    objects.set(events.length < 256 ? `tile/entries/000.p/${events.length}` : 'tile/entries/000', bundle);
    await using server = await serve(objectsOf({ objects }), readModel(rows));
    const { code, err } = await run(['replay', '--compare', '--url', server.url]);
    expect(err).toContain('FAULT at tile/entries/000');
    expect(code).toBe(1);
  });

  it('does not compare another revision of the projection', async () => {
    const other: Route = ({ path }) =>
      path === '/v1/projections/records'
        ? {
            body: JSON.stringify({
              revision: records.revision + 1,
              position: LAST,
              lag: 0,
              digest: 'f'.repeat(64),
              setAside: [],
            }),
          }
        : undefined;
    await using server = await serve(objectsOf(log), other);
    const { code, err } = await run(['replay', '--compare', '--url', server.url]);
    expect(err).toContain(`revision ${records.revision + 1}`);
    expect(code).toBe(1);
    expect((await run(['replay', '--compare', '--projection', 'what', '--url', server.url])).code).toBe(2);
  });
});
