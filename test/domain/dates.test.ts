import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandsByName, eventDefinitions } from '../../domain/catalog.ts';
import { DATE_FIELDS } from '../../domain/record/dates.ts';
import { dayOf, partialDate } from '../../domain/values/partial-date.ts';
import { type Fact, given, idOf } from '../support/decider.ts';

const [body, company] = [idOf('organization', 'b'), idOf('organization', 'c')];
const between = { body, organization: company };
const dated = (on: string) => ({ ...between, on });

describe('a date of a fact', () => {
  it.each(['2022-21', '202X', '2022-XX', '2022-02-XX', '2022%', '/2022', '2022/', '2022-24', '../2023', '2022/..'])(
    '%s is recorded as it stands, without a warning',
    (on) => {
      const { outcome, then } = given([]).when('admit', dated(on));
      expect(outcome).toMatchObject({ warnings: [] });
      then(['membership.admitted', dated(on)]);
    },
  );

  it.each(['2022/2022', '2022-02-23/2022-02'])('%s is recorded with a warning', (on) => {
    given([]).when('admit', dated(on)).thenWarned('date-seldom-read');
  });

  it('is warned about wherever it stands, and nothing else is', () => {
    const evidence = [{ source: { title: '2022/2022', publishedOn: '2022/2022' }, basis: 'stated' }];
    const { outcome } = given([]).when('admit', { ...dated('2022'), evidence });
    expect(outcome).toMatchObject({
      warnings: [
        { rule: 'date-seldom-read', detail: expect.stringContaining('2022/2022 at /evidence/0/source/publishedOn') },
      ],
    });
  });

  it('in a season refuses only what neither hemisphere allows', () => {
    const whole = idOf('ceremony', 'w');
    const conference: Fact = [
      'ceremony.recorded',
      { kind: 'conference', names: [{ value: 'Week', lang: 'en' }], on: '2021-24' },
    ];
    const part = (on: string) =>
      given([], { beside: { [whole]: [conference] } }).when('record-ceremony', { kind: 'signing', partOf: whole, on });
    part('2020-12-01').thenAccepted();
    part('2022-02-28').thenAccepted();
    part('2020-11-30').thenRefused('outside-its-whole', '/on');
    part('2022-03-01').thenRefused('outside-its-whole', '/on');
  });

  it('is told in words what it may look like', () => {
    const { outcome } = given([]).when('admit', dated('spring 2023'));
    expect(outcome).toMatchObject({
      refusals: [
        { rule: 'not-a-date', pointer: '/on', detail: expect.stringContaining('season from spring to winter') },
      ],
    });
  });
});

describe('the fields that hold a date', () => {
  const example = JSON.stringify(z.toJSONSchema(partialDate).examples);

  function fieldsIn(schema: unknown): string[] {
    if (typeof schema !== 'object' || schema === null) return [];
    return Object.entries(schema).flatMap(([key, inner]) => [
      ...(JSON.stringify((inner as { examples?: unknown } | null)?.examples) === example ? [key] : []),
      ...fieldsIn(inner),
    ]);
  }

  it('are listed', () => {
    const schemas = [...eventDefinitions, ...[...commandsByName.values()].map(({ definition }) => definition)];
    const found = schemas.flatMap(({ schema }) => fieldsIn(z.toJSONSchema(schema, { unrepresentable: 'any' })));
    expect(new Set(found)).toEqual(new Set(DATE_FIELDS));
  });
});

describe('a fact that is still to come', () => {
  const today = '2023-03-01';
  const names = [{ value: 'Week', lang: 'en' }];
  const parties = [body, company].map((organization) => ({ organization }));
  const cooperation = { kind: 'cooperation', parties };
  const registered: Fact = ['agreement.registered', cooperation];
  const announced: Fact = ['ceremony.announced', { kind: 'conference', names, on: '2024' }];

  it.each([
    ['admit', between, []],
    ['sign-agreement', { party: body }, [registered]],
    ['close-organization', {}, [['organization.registered', { kind: 'bank', names }]]],
    ['record-ceremony', { kind: 'conference', names }, []],
    ['cancel-ceremony', {}, [announced]],
    [
      'add-name',
      { name: names[0] },
      [['organization.registered', { kind: 'bank', names: [{ value: 'A', lang: 'en' }] }]],
    ],
  ] as [string, object, Fact[]][])('is not recorded by %s', (command, data, facts) => {
    const dated = (on: string) => given(facts, { today }).when(command, { ...data, on });
    for (const on of ['2099-01-01', '2023-03-02', '2023-04?', '2023-03-02/..', '2024-21']) {
      dated(on).thenRefused('in-the-future', '/on');
    }
    for (const on of ['2023-03-01', '2023', '2023-03', '2023-02-20/2023-03-09', '2023-24', '202X', '/2099']) {
      dated(on).thenAccepted();
    }
  });

  it('is not recorded with others', () => {
    const data = { ...cooperation, signatures: [{ party: body }, { party: company, on: '2023-03-02' }] };
    given([], { today }).when('register-agreement', data).thenRefused('in-the-future', '/signatures/1/on');
    const entry = { ...cooperation, entryIntoForce: { on: '2023-03-02', provisional: true } };
    given([], { today }).when('register-agreement', entry).thenRefused('in-the-future', '/entryIntoForce/on');
  });

  it('is one that a correction may not make of another', () => {
    const correction = (on: string) => ({ corrects: 1, set: { on }, reason: 'date' });
    const past: Fact = ['membership.admitted', dated('2023-02-01')];
    given([past]).when('correct-membership', correction('2023-03-05')).thenRefused('contradicts-history', '/set');
    given([past]).when('correct-membership', correction('2023-02-28')).thenAccepted();
  });

  it('is recorded where it is a plan', () => {
    const plan = { kind: 'conference', names };
    given([], { today })
      .when('announce-ceremony', { ...plan, on: '2030' })
      .thenAccepted();
    given([announced], { today }).when('reschedule-ceremony', { to: '2031', on: '2023-03-01' }).thenAccepted();
    given([], { today })
      .when('register-agreement', { ...cooperation, until: '2040' })
      .thenAccepted();
    given([], { today })
      .when('announce-launch', { kind: 'conference', names, performersNotStated: true, expected: '2040' })
      .thenAccepted();
  });
});

describe('today', () => {
  it.each([
    ['2026-02-03T09:59:59.999Z', '2026-02-03'],
    ['2026-02-03T10:00:00.000Z', '2026-02-04'],
    ['2026-12-31T10:00:00.000Z', '2027-01-01'],
  ])('at %s is %s, the latest day anywhere', (instant, day) => {
    expect(dayOf(instant)).toBe(day);
    expect(dayOf(new Date(instant))).toBe(day);
    expect(dayOf(Date.parse(instant))).toBe(day);
  });
});
