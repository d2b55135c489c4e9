import { afterAll, beforeAll, expect, it } from 'vitest';
import { evidence, organization } from '../support/api.ts';
import { startEngine, type TestEngine } from '../support/engine.ts';
import { landExamples } from '../support/landed-examples.ts';
import { recomposed, remembering, type Sent } from '../support/recompose.ts';
import { testRegistry } from '../support/registry.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

it('every command of the examples is found again in the events that it caused', async () => {
  const registry = await testRegistry(engine);
  const { post, sent } = remembering(registry.post);
  await landExamples(post);
  expect(sent).toHaveLength(8);
  for (const one of sent) {
    const found = await recomposed(one, registry);
    expect(found.recomposed).toEqual(found.said);
  }
});

it('so are commands that name persons, also in their texts', async () => {
  const registry = await testRegistry(engine);
  const { post, sent } = remembering(registry.post);
  const name = 'Chen Example';
  const headline = [{ source: { title: `CHEN EXAMPLE wins; who is Chen Example?` }, basis: 'stated' }];
  const commands = [
    { command: 'register-organization', as: 'one', data: organization('Chen Example Foundation') },
    { command: 'register-organization', as: 'other', data: organization('Other') },
    {
      command: 'register-agreement',
      as: 'agreement',
      data: {
        kind: 'other',
        parties: [{ organization: '#one' }, { organization: '#other' }],
        signatures: [
          { party: '#one', signatory: { name }, capacity: 'Assistant of Chen Example', on: '2023' },
          { party: '#other' },
        ],
        evidence: headline,
      },
    },
    {
      command: 'open-programme',
      as: 'programme',
      data: { names: [{ value: 'Prize', lang: 'en' }], conferredBy: ['#one'], evidence },
    },
    {
      command: 'confer-award',
      as: 'award',
      data: {
        programme: '#programme',
        recipient: { person: { name } },
        citation: [{ text: 'To Ｃhen  Example', lang: 'en' }],
        evidence: headline,
      },
    },
    {
      command: 'correct',
      target: '#agreement',
      data: {
        corrects: 2,
        set: { signatory: { name: 'Chen Example II' }, capacity: 'Friend of Chen Example II' },
        reason: 'clerical',
        evidence: headline,
      },
    },
  ];
  expect((await post('/v1/submissions', { commands })).status).toBe(201);
  const found = await recomposed(sent[0] as Sent, registry);
  expect(found.recomposed).toEqual(found.said);
  const events = await Promise.all(Object.values((sent[0] as Sent).ids).map((id) => registry.store.load(id)));
  const mentioning = events.flatMap(({ commits }) => commits.flatMap((commit) => commit.events));
  expect(mentioning.filter((event) => event.includes('"mentions":'))).toHaveLength(5);
});
