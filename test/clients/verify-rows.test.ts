import { describe, expect, it } from 'vitest';
import { applyCommit, isRecordStream, type SealedRecord } from '../../domain/projections/projection.ts';
import { projections } from '../../domain/projections/projections.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import { eventsOf } from '../../functions/stores/event-store.ts';
import { type MadeRow, madeRoot, madeStatement, type StatedInTest } from '../provable/made.ts';
import { acceptedCommits } from '../support/accepted-history.ts';
import { rowsOf } from '../support/rows-in-memory.ts';
import { publishedLog } from './support/published.ts';
import { run, runJson } from './support/run.ts';
import { objectsOf, serve } from './support/server.ts';

const history = acceptedCommits().toSorted((one, other) => one.position - other.position);
/** After how many commits something is stated. */
const STATED_AFTER = [1, 20, 21, 45, history.length];

type Alter = (models: StatedInTest[], statement: number) => StatedInTest[];

/** The accepted history with statements between its commits: each tree is made anew, from all records as they are then. */
function statedHistory(alter: Alter = (models) => models, setAside: ReadonlyMap<string, number> = new Map()): string[] {
  const log: string[] = [];
  const sealed = new Map<string, SealedRecord>();
  const taken = new Map<string, SealedRecord>();
  let statements = 0;
  for (const [at, commit] of history.entries()) {
    const position = log.length;
    log.push(...commit.events);
    if (isRecordStream(commit.stream)) {
      const after = applyCommit(sealed.get(commit.stream), eventsOf(commit), position);
      sealed.set(commit.stream, after);
      if (after.record.version <= (setAside.get(commit.stream) ?? after.record.version))
        taken.set(commit.stream, after);
    }
    if (!STATED_AFTER.includes(at + 1)) continue;
    const asides = [...setAside].filter(([id, version]) => (sealed.get(id)?.record.version ?? 0) > version);
    const models = projections.map((projection) => {
      const rows = rowsOf(projection, [...taken.values()]).map(
        ({ partition, sort, value }): MadeRow => [partition, sort, canonical(value)],
      );
      const { name, revision } = projection;
      const aside = asides.length > 0 && { setAside: asides.map(([id, version]) => ({ id, version })) };
      return { name, revision, position: log.length - 1, rows: rows.length, root: madeRoot(rows), ...aside };
    });
    log.push(madeStatement(alter(models, statements), statements + 1));
    statements += 1;
  }
  return log;
}

const served = async (log: readonly string[], ...args: string[]) => {
  await using server = await serve(objectsOf(publishedLog(log)));
  return await runJson('verify', '--rows', '--url', server.url, ...args);
};
/** Where the statements are. */
const placesIn = (log: readonly string[]): number[] =>
  log.flatMap((entry, at) => (entry.includes('"type":"read-models.stated"') ? [at] : []));

/** The models of one statement, altered. */
const inStatement =
  (altered: number, change: (model: StatedInTest) => StatedInTest): Alter =>
  (models, statement) =>
    statement === altered ? models.map((model) => (model.name === 'search' ? change(model) : model)) : models;

describe('registry verify --rows', () => {
  it('recomputes every statement of every read model from the log', async () => {
    const log = statedHistory();
    const { code, json } = await served(log);
    const counts = { statements: STATED_AFTER.length, trees: STATED_AFTER.length * projections.length };
    expect(json).toMatchObject({ holds: true, size: log.length, ...counts, ofOtherReleases: [] });
    expect(json.last).toMatchObject({ at: log.length - 1 });
    expect(code).toBe(0);
  });

  it('says so of a log that states nothing', async () => {
    await using server = await serve(objectsOf(publishedLog(history.flatMap(({ events }) => events))));
    const { code, out } = await run(['verify', '--rows', '--url', server.url]);
    expect(out).toContain('none of them states what read models hold');
    expect(code).toBe(0);
  });

  it.each<[string, (model: StatedInTest) => StatedInTest, string]>([
    ['root', (model) => ({ ...model, root: 'a'.repeat(64) }), `of root ${'a'.repeat(64)} as of position`],
    ['number of rows', (model) => ({ ...model, rows: model.rows + 1 }), 'and the log gives'],
    ['position that is to come', (model) => ({ ...model, position: 1_000_000 }), 'tells what was at position 1000000'],
    ['position that goes back', (model) => ({ ...model, position: 0 }), 'goes back to position 0'],
  ])('names the first statement of a false %s', async (_, change, why) => {
    const log = statedHistory(inStatement(2, change));
    const { code, json } = await served(log);
    const fault = { place: 'read-models/3', position: placesIn(log)[2], detail: expect.stringContaining(why) };
    expect(json).toEqual({ holds: false, fault });
    expect(json.fault).toMatchObject({ detail: expect.stringMatching(/^of search@\d+ it /) });
    expect(code).toBe(1);
  });

  it('takes records that were set aside as of the version that the statement tells', async () => {
    const [id] = history.find(({ stream, version }) => isRecordStream(stream) && version > 1)?.stream.split('/') ?? [];
    const log = statedHistory(undefined, new Map([[id as string, 1]]));
    expect(log.at(-1)).toContain('"setAside":[{"id":');
    expect(await served(log)).toMatchObject({ code: 0, json: { holds: true, statements: STATED_AFTER.length } });
    const whole = statedHistory(
      (models) => models.map(({ setAside, ...model }) => model),
      new Map([[id as string, 1]]),
    );
    expect(await served(whole)).toMatchObject({ code: 1, json: { holds: false } });
  });

  it('takes a read model that stays at its position while others go on', async () => {
    const stopped = new Map<string, StatedInTest>();
    const log = statedHistory((models, statement) =>
      models.map((model) => {
        if (statement === 1) stopped.set(model.name, model);
        return (statement > 1 && model.name === 'relations' && stopped.get(model.name)) || model;
      }),
    );
    expect(await served(log)).toMatchObject({ code: 0, json: { holds: true } });
  });

  it('tells which read models another release states', async () => {
    const { code, json, err } = await served(
      statedHistory((models) => [...models, { ...(models[0] as StatedInTest), revision: 99 }]),
    );
    const others = [{ model: `${projections[0]?.name}@99`, statements: STATED_AFTER.length }];
    expect({ code, json, err }).toMatchObject({ code: 0, json: { holds: true, ofOtherReleases: others } });
  });

  it('tells nothing of a log that does not hold itself', async () => {
    const log = publishedLog(statedHistory(inStatement(0, (model) => ({ ...model, rows: 1 }))));
    const [path = '', bytes] = [...log.objects].find(([name]) => name.startsWith('tile/entries/')) ?? [];
    log.objects.set(path, Buffer.from(bytes as Uint8Array).fill('x', 300, 301));
    await using server = await serve(objectsOf(log));
    const { code, json } = await runJson('verify', '--rows', '--url', server.url);
    expect(json).toMatchObject({ holds: false, fault: { place: path } });
    expect(code).toBe(1);
  });
});
