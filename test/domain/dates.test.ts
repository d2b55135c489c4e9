import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandsByName, eventDefinitions } from '../../domain/catalog.ts';
import { DATE_FIELDS } from '../../domain/record/dates.ts';
import { partialDate } from '../../domain/values/partial-date.ts';
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
