import { describe, expect, it, vi } from 'vitest';
import { OVERTAKEN_BYTES, OVERTAKEN_EVENTS, RETRACTED_PERIODS } from '../../../domain/bounds.ts';
import { aggregateByName } from '../../../domain/catalog.ts';
import { cpuOfAsync } from '../../support/cpu.ts';
import { type Fact, idOf } from '../../support/decider.ts';
import { pageOf, type Recorded } from './streams.ts';

const [agreement, one, two] = [idOf('agreement'), idOf('organization', 'a'), idOf('organization', 'b')];
const organization = (stream: string): Recorded => ({
  stream,
  facts: [['organization.registered', { kind: 'company', names: [{ value: stream, lang: 'en' }] }]],
});
const registered = (...parties: string[]): Recorded => ({
  stream: agreement,
  facts: [['agreement.registered', { kind: 'supply', parties: parties.map((party) => ({ organization: party })) }]],
});
const retracted = (stream: string): Recorded => ({
  stream,
  facts: [['organization.retracted', { reason: 'In error' }]],
});

describe('a request', () => {
  const overtaken = [{ rule: 'record-retracted', record: one, detail: expect.stringContaining('registered in error') }];
  const overtakenWhere = async (other: Partial<Recorded>, own: Partial<Recorded>) =>
    (
      await pageOf(agreement, [
        organization(one),
        organization(two),
        { ...retracted(one), ...other },
        { ...registered(one, two), ...own },
      ]).answer()
    ).overtaken;

  it('is another one where another client sends the same', async () => {
    const same = { requestHash: 'same' };
    expect(await overtakenWhere({ ...same, commandId: 'one' }, { ...same, commandId: 'two' })).toEqual(overtaken);
  });

  it('is another one where one client uses the same key', async () => {
    const same = { commandId: 'same' };
    expect(await overtakenWhere({ ...same, requestHash: 'one' }, { ...same, requestHash: 'two' })).toEqual(overtaken);
  });

  it('is one where it writes to several records', async () => {
    const same = { commandId: 'same', requestHash: 'same' };
    expect(await overtakenWhere(same, same)).toBeUndefined();
  });
});

describe('a stranger', () => {
  const letters = [...'abcdefg'];
  const [one = '', ...others] = letters.map((letter) => idOf('organization', letter));
  const closed: Recorded = { stream: one, facts: [['organization.closed', { on: '2020' }]] };
  const signed: Recorded = {
    stream: agreement,
    facts: [['agreement.signed', { party: one, mode: 'definitive', on: '2023-02-23' }]],
  };
  const late = [{ rule: 'after-closing', record: one, detail: expect.stringMatching('^agreement.signed') }];
  const evidence = (stream: string, title: string): Recorded => ({
    stream,
    client: 'stranger',
    facts: [[`${stream.split('-')[0]}.evidence-added`, { evidence: [{ source: { title }, basis: 'stated' }] }]],
  });

  it('does not keep the events of a record from being judged by adding evidence to it', async () => {
    const { answer } = pageOf(agreement, [
      ...[one, two].map(organization),
      registered(one, two),
      closed,
      ...Array.from({ length: OVERTAKEN_EVENTS + 1 }, () => evidence(agreement, 'A newspaper')),
      signed,
    ]);
    expect(await answer()).toEqual({ overtaken: late });
  });

  it('leaves only the records unread that it has filled', async () => {
    const filled = others
      .slice(0, 4)
      .flatMap((stream) => Array.from({ length: 21 }, () => evidence(stream, 'x'.repeat(99_000))));
    const { answer, read } = pageOf(agreement, [
      ...[one, ...others].map(organization),
      registered(one, ...others.slice(0, 4)),
      ...filled,
      closed,
      signed,
    ]);
    expect(await answer()).toEqual({ overtaken: late, unjudged: 1 });
    expect(read()).toBeLessThan(OVERTAKEN_BYTES + 200_000);
  });
});

describe('the cost of a page', () => {
  it.each([{ periods: 20 }, { periods: RETRACTED_PERIODS }])(
    'does not grow with how often a membership is looked at of which $periods periods are retracted',
    async ({ periods }) => {
      const [membership, cohort, body, ceremony] = ['membership', 'cohort', 'organization', 'ceremony'].map((name) =>
        idOf(name),
      ) as [string, string, string, string];
      const stays = Array.from({ length: 300 }, (_, index): Fact[] => [
        ['membership.admitted', { body, organization: two, on: `${1000 + 2 * index}` }],
        ['membership.resigned', { on: `${1001 + 2 * index}` }],
      ]);
      const retractions = Array.from(
        { length: periods },
        (_, index): Fact => ['membership.retracted', { reason: 'In error', period: 2 * index + 1 }],
      );
      const identified: Fact = ['cohort.identified', { record: membership }];
      const evolve = vi.spyOn(aggregateByName('membership'), 'evolve');
      const { answer } = pageOf(cohort, [
        ...[body, two].map(organization),
        { stream: ceremony, facts: [['ceremony.announced', { kind: 'signing', on: '2023' }]] },
        { stream: membership, facts: stays.flat() },
        {
          stream: cohort,
          facts: [['cohort.recorded', { subject: 'members', body, ceremony, count: { min: 3 } }], identified],
        },
        { stream: membership, facts: retractions },
        { stream: membership, facts: [['membership.evidence-added', {}]] },
        {
          stream: cohort,
          facts: Array.from(
            { length: 98 },
            (_, index): Fact => [
              'cohort.corrected',
              { corrects: 1, set: { count: { min: 4 + index } }, reason: 'Counted again' },
            ],
          ),
        },
      ]);
      evolve.mockClear();
      const spent = await cpuOfAsync(answer);
      console.log(`${evolve.mock.calls.length} facts were folded, in ${Math.ceil(spent)} ms of CPU`);
      expect(evolve.mock.calls.length).toBeLessThan(2 * (20 + 1) * 600);
      evolve.mockRestore();
    },
  );
});
