import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProof } from '../../domain/log/proof-file.ts';
import { unwrap } from '../../domain/log/read.ts';
import { records } from '../../domain/projections/records.ts';
import { forwardTo } from '../clients/support/forward.ts';
import { publishedLog } from '../clients/support/published.ts';
import { type Directory, run, runJson, temporary } from '../clients/support/run.ts';
import { type Route, type Server, serve } from '../clients/support/server.ts';
import { REGISTRAR } from '../support/api.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { fillRecord } from '../support/fill.ts';
import { landExamples } from '../support/landed-examples.ts';
import { logSigner } from '../support/publisher.ts';
import { type TestRegistry, testRegistry } from '../support/registry.ts';
import { type AnswerWithProof, type LieMaterial, lies } from './lies.ts';
import { buildGoVerifier, missingGo } from './program.ts';

let engine: TestEngine;
let registry: TestRegistry;
let ids: ReadonlyMap<string, string>;
let server: Server;
let directory: Directory;
let vkey: string;

/** States what the read models hold, and publishes it. */
async function state(): Promise<void> {
  await registry.seal();
  await registry.project();
  await registry.publish();
  await registry.prove();
  await registry.publish();
}

/** An act on a record. */
async function change(name: string, value: string): Promise<void> {
  const body = { name: { value, lang: 'en' }, evidence: [{ source: { title: 'Test' }, basis: 'stated' }] };
  const { status, text } = await registry.post(`/v1/organizations/${idOf(name)}/add-name`, body, { client: 'gzde' });
  if (status !== 200) throw new Error(text);
}

const idOf = (name: string): string => ids.get(name) as string;
const jsonAt = async (path: string) => (await registry.get(path)).json();

beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine);
  directory = await temporary();
  server = await serve(forwardTo(registry));
  ids = await landExamples(registry.post);
  await state();
  vkey = (await (await registry.get('/vkey')).text()).trim();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
  await engine.stop();
});

/** An id of the examples that never changes. */
const EXCHANGE = 'organization-r346zjbzh2adq2h3rq7dsqoxx3';

const inProcess = (args: readonly string[], of: Server = server) => run(args, { REGISTRY_URL: of.url });

/** What `registry prove` prints, after the file was verified without any registry. */
async function proven(path: string) {
  const { code, out, err } = await inProcess(['prove', path, '--vkey', vkey, '--json']);
  expect({ code, err }, path).toEqual({ code: 0, err: '' });
  await writeFile(directory.file('answer.json'), out);
  const verified = await runJson('verify', '--proof-file', directory.file('answer.json'), '--vkey', vkey);
  expect(verified, path).toMatchObject({ code: 0, json: { holds: true } });
  return { told: JSON.parse(out) as { status: number; body: AnswerWithProof }, verified: verified.json };
}

describe('registry prove', () => {
  it('proves what every read of the read models answers, which is what it answers without', async () => {
    const gzde = idOf('org-gzde');
    for (const path of [
      '/v1/organizations?limit=3',
      `/v1/agreements?organization=${gzde}`,
      `/v1/agreements/${idOf('agr-1')}`,
      `/v1/agreements/${idOf('agr-1')}/evidence`,
      `/v1/organizations/${gzde}?validOn=2023-02-01`,
      `/v1/organizations/${gzde}/activity`,
      `/v1/organizations/${gzde}/members?on=2023-03-01`,
      `/v1/ceremonies/${idOf('cer-conf')}/programme`,
      '/v1/timeline?limit=5',
      '/v1/overview',
      '/v1/search?q=diamond',
      '/v1/statistics?measure=signings&by=month,kind',
      '/v1/relations',
    ]) {
      const { told } = await proven(path);
      const { proof, ...body } = told.body;
      expect(body, path).toEqual(await jsonAt(path));
    }
  });

  it('proves that there is no such record, no hit, no figure, and nobody on the roster', async () => {
    const unknown = `organization-${'a'.repeat(26)}`;
    const { told, verified } = await proven(`/v1/organizations/${unknown}`);
    expect(told.status).toBe(404);
    expect(verified.absent).toBe(`there is no record ${unknown}`);
    expect((await proven('/v1/search?q=nobodyiscalledso')).verified.body).toMatchObject({ items: [] });
    expect((await proven('/v1/awards?state=revoked')).verified.body).toMatchObject({ items: [] });
    const none = '/v1/statistics?measure=signings&by=month&from=1990-01&to=1990-12';
    expect((await proven(none)).verified.body).toMatchObject({ rows: [] });
    const roster = `/v1/organizations/${idOf('org-gzde')}/members?on=1990-01-01`;
    expect((await proven(roster)).verified.body).toMatchObject({ items: [] });
  });
});

describe('commands that read, with --prove', () => {
  it.each([
    ['list', ['list', 'organizations', '--limit', '30']],
    ['search', ['search', 'diamond']],
    ['statistics', ['statistics', 'signings', '--by', 'month']],
    ['get', ['get', EXCHANGE]],
  ])('%s prints what it prints without, and says what was proved', async (_, args) => {
    const plain = await inProcess(args);
    const { code, out, err } = await inProcess([...args, '--prove', '--vkey', vkey]);
    expect(out).toBe(plain.out);
    expect(err).toMatch(/^Proven: complete and right as of position \d+, by the statement at \d+, \d+ seconds? old\./m);
    expect(code).toBe(0);
  });

  it('get proves the record that a register number leads to', async () => {
    const { number } = (await jsonAt(`/v1/organizations/${EXCHANGE}`)) as { number: string };
    const { code, out, err } = await inProcess(['get', number, '--prove', '--vkey', vkey]);
    expect(out).toContain(EXCHANGE);
    expect(err).toMatch(/^Proven: /);
    expect(code).toBe(0);
  });

  it('get says of a register number that leads nowhere what proves that', async () => {
    const { code, out, err } = await inProcess(['get', 'O-999', '--prove', '--vkey', vkey]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('No proof covers that: registry search O-999 --prove has one.');
    const searched = await inProcess(['search', 'O-999', '--prove', '--vkey', vkey]);
    expect([searched.code, searched.out]).toEqual([0, '']);
    expect(searched.err).toMatch(/^Proven: /m);
  });

  it('say what has changed since', async () => {
    await change('org-gth', 'A further name');
    await registry.seal();
    await registry.publish();
    const { err } = await inProcess(['get', idOf('org-gth'), '--prove', '--vkey', vkey]);
    expect(err).toContain(`Changed since: ${idOf('org-gth')}.`);
    await state();
  });
});

describe('while the log grows', () => {
  it('every proof that is taken is whole, and so is every statement', async () => {
    const CHANGES = 4;
    let grown = 0;
    async function grow(): Promise<void> {
      for (; grown < CHANGES; grown += 1) {
        await change('org-gth', `Name ${grown}`);
        await state();
      }
    }
    const paths = ['/v1/timeline?limit=3', `/v1/organizations/${EXCHANGE}`, '/v1/statistics?measure=signings&by=month'];
    async function take(): Promise<string[]> {
      const failed: string[] = [];
      for (let turn = 0; grown < CHANGES; turn += 1) {
        const args = turn % 4 === 3 ? ['verify', '--rows'] : ['prove', paths[turn % 4] as string];
        const { code, err } = await inProcess([...args, '--vkey', vkey]);
        if (code !== 0) failed.push(`${args.join(' ')}: ${err}`);
      }
      return failed;
    }
    const [, failed] = await Promise.all([grow(), take()]);
    expect(failed).toEqual([]);
    const { code, json } = await runJson('verify', '--rows', '--url', server.url, '--vkey', vkey);
    expect(json).toMatchObject({ holds: true, ofOtherReleases: [] });
    expect(json.statements).toBeGreaterThan(CHANGES);
    expect(code).toBe(0);
  });
});

describe('a registry that lies', () => {
  const PAGE = '/v1/organizations?limit=5';
  const OPENING = '/v1/projections/records/proof?partition=timeline&limit=5';
  const COUNT = '/v1/projections/records/proof?partition=timeline&count';
  const proof = (path: string): Promise<AnswerWithProof> =>
    jsonAt(path.includes('/projections/') ? path : `${path}&proof=true`);

  /** What the lies are made from: answers before and after a statement, and a log that differs in its first entry. */
  async function material(path: string, older: AnswerWithProof): Promise<LieMaterial> {
    const honest = await proof(path);
    const entries = (await (await registry.get('/v1/events?limit=1000', { Accept: 'application/x-ndjson' })).text())
      .trim()
      .split('\n')
      .map((line) => line.replace(/,"position":\d+\}$/, '}'));
    const index = unwrap(parseProof(honest.proof.log)).index;
    const forked = publishedLog(entries.with(0, '{}'), logSigner());
    return { honest, older, forked: await forked.proof(index) };
  }

  it('is refused by the command, which prints nothing of it, for a reason of its own', async () => {
    const older = await proof(PAGE);
    await change('org-gth', 'Another further name');
    await state();
    const made = await material(PAGE, older);
    const reasons: Record<string, string> = {};
    for (const [lie, tell] of Object.entries(lies)) {
      const told = JSON.stringify(tell(made));
      const lying: Route = ({ path }) => (path === '/v1/organizations' ? { body: told } : undefined);
      await using liar = await serve(lying, forwardTo(registry));
      const args = ['list', 'organizations', '--limit', '5', '--prove', '--vkey', vkey];
      const { code, out, err } = await inProcess(args, liar);
      expect({ code, out }, lie).toEqual({ code: 1, out: '' });
      reasons[lie] = err;
    }
    expect(reasons).toEqual({
      'the first is left out': expect.stringMatching(/^NOT PROVEN: \/items\/0\//),
      'one in the middle is left out': expect.stringMatching(/^NOT PROVEN: \/items\/2\//),
      'the last is left out': expect.stringMatching(/^NOT PROVEN: \/items\/4 is told as nothing, and proven is \{/),
      'one is added': expect.stringMatching(/^NOT PROVEN: \/items\/5 is told as \{.*, and proven is nothing\.$/),
      'one is altered': expect.stringMatching(/^NOT PROVEN: \/items\/1\/\w+ is told as ".* altered", and proven is "/),
      'one is hidden behind its true hash': expect.stringMatching(/^NOT PROVEN: the proof hides the value of "/),
      'the next page is cut off': expect.stringMatching(/^NOT PROVEN: \/next is told as nothing, and proven is "/),
      'the total is false': 'NOT PROVEN: /total is told as 20, and proven is 19.',
      'the statement is old': expect.stringMatching(
        /^NOT PROVEN: the answer is old: .* there is a later one at \d+\.$/,
      ),
      'the revision is another one': 'NOT PROVEN: the statement says nothing of records@1.',
      'the root is a foreign one': expect.stringMatching(/^NOT PROVEN: the entry is not the one at index \d+ /),
      'the checkpoint is forked': expect.stringMatching(/^NOT PROVEN: the log was forked: /),
      'a neighbour is altered': expect.stringMatching(/^NOT PROVEN: the rows shown of records@\d+ are not of the root/),
    } satisfies Record<keyof typeof lies, unknown>);
    expect(new Set(Object.values(reasons)).size).toBe(Object.keys(lies).length);
  });

  it('is refused where it answers with another record, unless the one that was asked for was merged into that', async () => {
    const [asked, other] = [idOf('org-aiying'), idOf('org-fdj')];
    const told = JSON.stringify(await jsonAt(`/v1/organizations/${other}?proof=true`));
    const lying: Route = ({ path }) => (path === `/v1/organizations/${asked}` ? { body: told } : undefined);
    await using liar = await serve(lying, forwardTo(registry));
    const refused = await inProcess(['get', asked, '--prove', '--vkey', vkey], liar);
    const why = `NOT PROVEN: the registry answers with ${other}, and ${asked} was not merged into it.`;
    expect(refused).toEqual({ code: 1, out: '', err: why });

    const body = { into: other, evidence: [{ source: { title: 'Test' }, basis: 'stated' }] };
    const merged = await registry.post(`/v1/organizations/${asked}/merge`, body, { client: REGISTRAR });
    expect(merged.status, merged.text).toBe(200);
    await state();
    const taken = await inProcess(['get', asked, '--prove', '--vkey', vkey]);
    expect(taken.err).toContain(`${asked} was merged into ${other}.`);
    expect(taken.err).toMatch(/^Proven: /m);
    expect(taken.code).toBe(0);
  });

  it.skipIf(missingGo)('is refused by the verifier in Go, for a reason of its own', async () => {
    const [older, olderCount] = await Promise.all([proof(OPENING), proof(COUNT)]);
    await change('org-gth', 'Yet another name');
    await state();
    const [page, count] = await Promise.all([material(OPENING, older), material(COUNT, olderCount)]);
    const note = await (await registry.get('/checkpoint')).text();
    const seen = unwrap(parseProof(page.honest.proof.log)).index;
    await using go = await buildGoVerifier();
    const said = async (path: string, { proof: { rows, statement, log }, ...answer }: AnswerWithProof) => {
      const question = `model=records@${records.revision}&${path.split('?')[1]}`;
      const whole = [rows[0]?.trimEnd(), statement, log].join('\n\n');
      return (await go.verify([whole], { vkey, question, answer, seen, note }))[0] as string;
    };
    expect(await said(OPENING, page.honest)).toMatch(/^proven as of \d+ /);
    expect(await said(COUNT, count.honest)).toMatch(/^proven as of \d+ /);
    const reasons: Record<string, string> = {};
    for (const [lie, tell] of Object.entries(lies)) {
      const isTotal = lie === 'the total is false';
      reasons[lie] = await said(isTotal ? COUNT : OPENING, tell(isTotal ? count : page));
    }
    expect(reasons).toEqual({
      'the first is left out': expect.stringMatching(/^refused: the answer: row 0 is not /),
      'one in the middle is left out': expect.stringMatching(/^refused: the answer: row 2 is not /),
      'the last is left out': expect.stringMatching(/^refused: the answer: row 4 is not /),
      'one is added': expect.stringMatching(/^refused: the answer: rows is /),
      'one is altered': expect.stringMatching(/^refused: the answer: row 1 is not /),
      'one is hidden behind its true hash': expect.stringMatching(/^refused: the rows: the value of "timeline" "/),
      'the next page is cut off': 'refused: the answer: more is false, and not true',
      'the total is false': expect.stringMatching(/^refused: the answer: count is \d+, and not \d+$/),
      'the statement is old': expect.stringMatching(/^refused: the statement: the one at \d+ is old/),
      'the revision is another one': `refused: the rows: they are not those of records@${records.revision}`,
      'the root is a foreign one': expect.stringMatching(/^refused: the log's proof: the statement is not entry \d+ /),
      'the checkpoint is forked': expect.stringMatching(/^refused: the checkpoint: another one of \d+ entries /),
      'a neighbour is altered': 'refused: the rows: their root is not the one stated',
    } satisfies Record<keyof typeof lies, unknown>);
    expect(new Set(Object.values(reasons)).size).toBe(Object.keys(lies).length);
  });

  it.skipIf(missingGo)('cannot hide from the verifier in Go that there is nothing', async () => {
    await using go = await buildGoVerifier();
    const unknown = `organization-${'a'.repeat(26)}`;
    for (const [model, partition, rest] of [
      ['records', `record/${unknown}`, `sort=${unknown}`],
      ['records', 'list/awards/state/revoked', 'limit=25'],
      ['search', 'nobodyiscalledso', 'limit=1'],
      ['statistics', 'nothing', 'count'],
    ]) {
      const query = `partition=${encodeURIComponent(String(partition))}&${rest}`;
      const {
        proof: { rows, statement, log },
        ...answer
      } = await proof(`/v1/projections/${model}/proof?${query}`);
      const [, told] = /^model (\S+)$/m.exec(rows[0] ?? '') ?? [];
      const whole = [rows[0]?.trimEnd(), statement, log].join('\n\n');
      const [said] = await go.verify([whole], { vkey, question: `model=${told}&${query}`, answer });
      expect(said).toMatch(/^proven as of \d+ .*: (\{"count":0\}|\{"more":false,"rows":\[\]\})$/);
    }
  });
});

/** The last: its events are filled in past the commands, so that the log does not tell their commits apart. */
describe('a record of more events than one proof shows', () => {
  it('is folded from them and those of its history', async () => {
    await change('org-cga', 'The first of many names');
    const vary = (index: number) => ({ name: { value: `Name ${index % 5}`, lang: 'en' } });
    await fillRecord(engine, registry.tables.events, idOf('org-cga'), { events: 320, vary });
    await state();
    const { told, verified } = await proven(`/v1/organizations/${idOf('org-cga')}`);
    expect(told.body).toMatchObject({ version: 320, proof: { eventsLeftOut: 120 } });
    expect(verified.body).toMatchObject({ version: 320 });
  });
});
