import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { aggregates, commandsByName } from '../../domain/catalog.ts';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { isRule } from '../../domain/problems.ts';
import {
  filtersOf,
  historyParameters,
  paging,
  partiesParameters,
  positionParameters,
  recordListParameters,
  recordParameters,
  rosterParameters,
} from '../../domain/reading/parameters.ts';
import { isContainer } from '../../domain/values/container.ts';
import { feedParameters, healthParameters, rowsParameters } from '../../functions/http/audit-parameters.ts';

/** What no detail may have: the library's own words, regular expressions, and what was given. */
const FOREIGN =
  /Invalid|expected (string|number|array|object|record|int|boolean|nonoptional)|Too (small|big)|Unrecognized|\[object|undefined|NaN|[\\^|]|\[[a-z0-9]-|\(\?|Ivan/i;

interface Told {
  readonly pointer: string;
  readonly rule: string;
  readonly detail: string;
}

function expectWords(faults: readonly Told[], what: string) {
  expect(faults.length, what).toBeGreaterThan(0);
  for (const { pointer, rule, detail } of faults) {
    expect(detail, what).not.toMatch(FOREIGN);
    expect(detail, what).toMatch(/^[a-z].*[a-z0-9)?.]$/i);
    expect(isRule(rule), what).toBe(true);
    expect(pointer, what).toMatch(/^(\/|$)/);
    expect(detail, what).not.toContain('does not fit what is expected here');
  }
}

const faultsIn = (schema: z.ZodType, value: unknown): Told[] => {
  const parsed = parsedBy(schema, value);
  return parsed.success ? [] : faultsOf(parsed.error.issues, '');
};

const wrong: readonly unknown[] = [
  ...[null, true, 17, 0.5, -1, 1e300, '', ' ', 'Ivan Petrov', 'x'.repeat(5000), [], {}, ['Ivan'], { Ivan: 'Ivan' }],
  ...[
    ['2023-02-23', '2023-02-23'],
    { value: 'Ivan', lang: 'x y' },
    '2023-13-45',
    'http:// Ivan',
    '#name',
    Array(2000).fill(1),
  ],
  ...[{ scheme: 'passport', value: 'Ivan' }, { scheme: 'lei', value: 'Ivan' }, [{ organization: 'Ivan' }], 'zh_CN'],
];

/** The value with another one at each place, one after the other; with each member taken away; and with one more. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* wrong;
  if (!isContainer(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    for (const other of spoilt(inner)) yield put(value, key, other);
    if (!Array.isArray(value)) {
      const { [key]: _, ...rest } = value;
      yield rest;
      yield { ...value, [`${key}s`]: inner };
    }
  }
}
const put = (value: object, key: string, other: unknown): unknown =>
  Array.isArray(value) ? value.map((one, at) => (String(at) === key ? other : one)) : { ...value, [key]: other };

/** The example with every field that the schema has beside it, so that each of them is spoilt, too. */
function complete(schema: z.ZodType, example: object): object {
  const shape = (schema as z.ZodType & { shape?: object }).shape ?? {};
  return { ...Object.fromEntries(Object.keys(shape).map((key) => [key, 0])), ...example };
}

/** Acts that any record takes have the same data on each: those of the first kind stand for all. */
const different = aggregates.flatMap(({ commands }, at) =>
  commands.filter(
    ({ act }) => at === 0 || aggregates[0]?.commands.every((one) => one.act !== act || act === undefined),
  ),
);

describe('what is wrong with data is told in words', () => {
  it.each(different)('of $name', ({ name, schema, example }) => {
    let told = 0;
    // Every command takes the same evidence: it is spoilt once.
    const { evidence, ...facts } = complete(schema, example) as { evidence?: unknown };
    for (const one of spoilt(name === 'register-organization' ? { ...facts, evidence } : facts)) {
      const data = isContainer(one) && !Array.isArray(one) ? { evidence, ...one } : one;
      const faults = faultsIn(schema, data);
      told += faults.length;
      if (faults.length > 0) expectWords(faults, JSON.stringify(data)?.slice(0, 300) ?? 'nothing');
    }
    expect(told).toBeGreaterThan(50);
  });
});

const shapes: readonly (readonly [string, z.ZodRawShape])[] = [
  ...aggregates.map((aggregate) => [`/v1/${aggregate.collection}`, filtersOf(aggregate)] as const),
  ['pages', paging],
  ['a record', recordParameters],
  ['a history', historyParameters],
  ['a list of a record', recordListParameters],
  ['parties', partiesParameters],
  ['a roster', rosterParameters],
  ['a position', positionParameters],
  ['the feed', feedParameters],
  ['rows', rowsParameters],
  ['health', healthParameters],
];

describe('what is wrong with a parameter is told in words', () => {
  const texts = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'x',
      '-1',
      '1.5',
      '1e3',
      '99999999999999999',
      '2023-02-30',
      '41x',
      ',',
      'a,,b',
      'Ivan',
      '%00',
    ),
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'grapheme', minLength: 200, maxLength: 6000, size: 'max' }),
  );
  it.each(shapes)('of %s', (_, shape) => {
    for (const name of Object.keys(shape)) {
      fc.assert(
        fc.property(texts, (text) => {
          const faults = faultsIn(z.strictObject(shape), { [name]: text });
          if (faults.length > 0) expectWords(faults, `${name}=${text}`);
        }),
        { numRuns: 60 },
      );
    }
  });
});

describe('a detail', () => {
  const detailOf = (command: string, data: object) =>
    faultsIn(commandsByName.get(command)?.definition.schema as z.ZodType, data).map(({ detail }) => detail);
  const evidence = [{ source: { title: 'Press release' }, basis: 'stated' }];

  it('says what is expected, and gives an example where there is one', () => {
    const registering = { kind: 'bank', names: [{ value: 'A', lang: 'en' }], evidence };
    const told = (more: object) => detailOf('register-organization', { ...registering, ...more });
    expect(told({ kind: 'bnak' })[0]).toMatch(/^must be one of exchange, bank, .*; did you mean bank\?$/);
    expect(told({ kind: undefined })[0]).toMatch(/^must be there: one of exchange, bank, /);
    expect(told({ country: 'China' })).toEqual(['must be a country code of ISO 3166-1 alpha-2, such as CN']);
    expect(told({ country: 7 })).toEqual(['must be a text, such as CN, not a number']);
    expect(told({ names: 'A' })).toEqual(['must be a list, not a text']);
    expect(told({ names: [] })).toEqual(['must have at least 1 item']);
    expect(told({ nmaes: [] })).toEqual(['this field is not known here; did you mean names?']);
    expect(told({ identifiers: [{ scheme: 'lie', value: 'x' }] })).toEqual([
      'must be one of lei, uscc, other; did you mean lei?',
    ]);
    expect(detailOf('sign-agreement', { party: 'x', on: 'spring', evidence })).toEqual([
      expect.stringMatching(/^must be the id of a record of kind organization, such as organization-/),
      expect.stringMatching(/2023-02-23/),
    ]);
    expect(detailOf('sign-agreement', { party: true, evidence })).toEqual([
      'must be a text, not true or false, or must be a number, not true or false',
    ]);
  });
});
