import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OVERTAKEN_BYTES } from '../../../domain/bounds.ts';
import type { ReadEvent } from '../../../domain/kernel/event.ts';
import { records } from '../../../domain/projections/records.ts';
import { createOvertaken } from '../../../functions/queries/overtaken.ts';
import { readerOf } from '../../../functions/queries/reader.ts';
import { createRegister } from '../../../functions/queries/register.ts';
import { commitReader } from '../../../functions/stores/commits.ts';
import { REGISTRAR, testApi } from '../../support/api.ts';
import { eventsOf, recordOf } from '../../support/decider.ts';
import { startEngine, type TestEngine } from '../../support/engine.ts';
import { listening, type Tap, tapped } from '../../support/faults.ts';
import { bodyOf, type TestRegistry, testRegistry } from '../../support/registry.ts';
import { opened, organization, send } from './scenes.ts';

let engine: TestEngine;
let registry: TestRegistry;
/** How far behind the clock of the registry is. */
let behind = 0;
const clock = () => Date.now() - behind;
beforeAll(async () => {
  engine = await startEngine();
  registry = await testRegistry(engine, { clock });
});
afterAll(() => engine?.stop());

const evidence = [{ source: { title: 'A newspaper' }, basis: 'stated' }];
const post = async (path: string, body: object) => {
  const answer = await send(registry.post, { path, body });
  expect([200, 201], answer.text).toContain(answer.status);
  return answer.body;
};
async function show() {
  await registry.seal();
  expect(await registry.projector().deliver()).toEqual([]);
}

/** A registry in which something lands, and is sealed, between what the first command reads and its append. */
function parallel(happens: () => Promise<unknown>) {
  let isFirst = true;
  const interrupted: Tap = async ({ name }, next) => {
    if (name === 'PutCommand' && isFirst) {
      isFirst = false;
      await happens();
      await registry.seal();
    }
    return next();
  };
  return testApi(engine, { tables: registry.tables, taps: [interrupted], clock: () => new Date() });
}

/** Registers an agreement of two organizations, one of which is retracted before it lands. */
async function overtakenAgreement({ before = 0 } = {}) {
  behind = before;
  const { one = '', two = '' } = await opened(registry, organization('one'), organization('two'));
  const slow = parallel(async () => {
    await post(`/v1/organizations/${one}/retract`, { reason: 'In error' });
    behind = 0;
  });
  const parties = [{ organization: one }, { organization: two }];
  const answer = await send(slow.post, { path: '/v1/agreements', body: { kind: 'supply', parties } });
  expect(answer.status, answer.text).toBe(201);
  await show();
  return { one, two, id: String(answer.body.id) };
}

describe('the page of a record that was overtaken', () => {
  it('says so with the other record, whatever becomes of that later', async () => {
    const { one, id } = await overtakenAgreement();
    const page = await bodyOf(registry.get(`/v1/agreements/${id}`));
    const position = Number(page.number.split('-')[1]);
    expect(page.overtaken).toEqual([
      {
        rule: 'record-retracted',
        record: one,
        detail: `agreement.registered at position ${position}: ${one} was registered in error`,
      },
    ]);
    expect(page).not.toHaveProperty('unjudged');
    await post(`/v1/organizations/${one}/add-evidence`, {});
    await show();
    expect((await bodyOf(registry.get(`/v1/agreements/${id}`))).overtaken).toEqual(page.overtaken);
    expect((await bodyOf(registry.get(`/v1/agreements/${id}?knownAt=${position}`))).overtaken).toEqual(page.overtaken);
    const [row] = (await bodyOf(registry.get(`/v1/agreements?organization=${one}`))).items;
    expect(row).not.toHaveProperty('overtaken');
  });

  it('says nothing of who speaks in a higher capacity by it', async () => {
    const {
      one = '',
      two = '',
      ceremony = '',
    } = await opened(registry, organization('one', 'exchange'), organization('two'), [
      'announce-ceremony',
      'ceremony',
      { kind: 'signing', on: '2023-02-23' },
    ]);
    const client = 'a-party';
    const appointed = { path: `/v1/organizations/${one}/appoint-client`, body: { client }, client: REGISTRAR };
    expect((await send(registry.post, appointed)).status).toBe(200);
    const parties = [{ organization: one }, { organization: two }];
    const { id } = await post('/v1/agreements', { kind: 'supply', ceremony, parties });
    const slow = parallel(() => post(`/v1/ceremonies/${ceremony}/assign-role`, { organization: one, role: 'host' }));
    const answer = await send(slow.post, { path: `/v1/agreements/${id}/corroborate`, body: {}, client });
    expect(answer.status, answer.text).toBe(200);
    await show();
    const { commits } = await registry.store.load(String(id));
    expect(commits.at(-1)?.events).toEqual([expect.stringContaining('"speaksAs":"party"')]);
    const page = await bodyOf(registry.get(`/v1/agreements/${id}`));
    expect(page).not.toHaveProperty('overtaken');
    expect(page).not.toHaveProperty('unjudged');
  });

  it('says nothing of what one submission has recorded together', async () => {
    const { one = '', two = '' } = await opened(registry, organization('one'), organization('two'));
    for (const aggregate of ['a', 'b', 'c', 'd']) {
      const parties = [{ organization: one }, { organization: two }];
      const ids = await opened(registry, ['announce-ceremony', 'ceremony', { kind: 'signing', on: '2023-02-23' }]);
      const commands = [
        {
          command: 'register-agreement',
          as: aggregate,
          data: { kind: 'supply', ceremony: ids.ceremony, parties, evidence },
        },
        { command: 'cancel', target: ids.ceremony, data: { reason: 'Rain', evidence } },
      ];
      const answer = await registry.post('/v1/submissions', { commands });
      expect(answer.status, answer.text).toBe(201);
      await show();
      const page = await bodyOf(registry.get(`/v1/agreements/${answer.body.ids[aggregate]}`));
      expect(page.state).toBeDefined();
      expect(page).not.toHaveProperty('overtaken');
    }
  });

  it('says nothing where the other act has come after', async () => {
    const ids = await opened(registry, organization('one'), organization('two'), [
      'register-agreement',
      'agreement',
      { kind: 'supply', parties: [{ organization: '#one' }, { organization: '#two' }] },
    ]);
    await show();
    await post(`/v1/organizations/${ids.one}/retract`, { reason: 'In error' });
    await show();
    expect(await bodyOf(registry.get(`/v1/agreements/${ids.agreement}`))).not.toHaveProperty('overtaken');
  });
});

describe('the page of a record that was accepted beside what had long been recorded', () => {
  it('does not call it overtaken: another release may have had other rules', async () => {
    const { id } = await overtakenAgreement({ before: 3_600_000 });
    expect(await bodyOf(registry.get(`/v1/agreements/${id}`))).not.toHaveProperty('overtaken');
  });
});

describe('what it takes to tell that nothing was overtaken', () => {
  const pageWith = async (id: string) => {
    const ear = listening();
    const commits = commitReader({ documents: tapped(engine.documents, ear), table: registry.tables.events });
    const { views, log } = registry;
    const { body: page } = await createRegister({ reader: readerOf(views, records), log, commits }).record(id, {
      position: 0,
    });
    return { page, streams: ear.sent.map(({ input }) => input.ExpressionAttributeValues[':stream']) };
  };

  it('is no event of another record to which nothing had been added by then', async () => {
    const { one, two } = await opened(registry, organization('one'), organization('two'));
    const parties = [{ organization: one }, { organization: two }];
    const before = (await post('/v1/agreements', { kind: 'supply', parties })).id;
    await show();
    expect((await pageWith(before)).streams).toEqual([before]);
    await post(`/v1/organizations/${two}/add-evidence`, {});
    await show();
    expect((await pageWith(before)).streams).toEqual([before]);
    const after = (await post('/v1/agreements', { kind: 'service', parties })).id;
    await show();
    const { page, streams } = await pageWith(after);
    expect(streams.slice(0, 2)).toEqual([after, two]);
    expect(page).not.toHaveProperty('overtaken');
  });

  it('is bounded: of records that are larger together than an answer reads it says that they were not judged', async () => {
    const [id, other] = [`agreement-${'a'.repeat(26)}`, `organization-${'b'.repeat(26)}`];
    const facts = [['agreement.registered', { kind: 'supply', parties: [{ organization: other }] }]] as const;
    const own = [{ events: eventsOf(id, facts) as ReadEvent[], position: 9_999, requestHash: 'own', bytes: 0 }];
    const added = [['organization.evidence-added', { evidence: 'x'.repeat(100_000) }]] as const;
    const long = JSON.stringify(eventsOf(other, added)[0]);
    let read = 0;
    const commits = {
      async *readForwards(stream: string) {
        for (let version = 1; ; version += 1) {
          read += 100_000;
          yield {
            stream,
            version,
            previous: version - 1,
            events: [long],
            commandId: '',
            requestHash: '',
            recordedAt: '',
          };
        }
      },
    };
    const log = { streamMarkers: async () => [{ stream: other, version: 9_999, position: 0, count: 1 }] };
    const summaries = async () => new Map([[other, { id: other, version: 9_999 }]]);
    const overtakenIn = createOvertaken({ commits, log, summaries, registrars: [] } as never);
    const record = recordOf(id, [...facts]);
    if (!record) throw new Error('the agreement is there');
    expect(await overtakenIn(record, own as never)).toEqual({ unjudged: 1 });
    expect(read).toBeLessThan(OVERTAKEN_BYTES + 200_000);
  });
});
