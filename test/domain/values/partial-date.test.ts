import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  certainlyBefore,
  day,
  daysOf,
  earliestOf,
  parsePartialDate,
  partialDate,
} from '../../../domain/values/partial-date.ts';

describe('a partial date', () => {
  it.each([
    ['2023', '2023-01-01', '2023-12-31', true],
    ['2023-02', '2023-02-01', '2023-02-28', true],
    ['2024-02', '2024-02-01', '2024-02-29', true],
    ['1900-02', '1900-02-01', '1900-02-28', true],
    ['2000-02', '2000-02-01', '2000-02-29', true],
    ['2023-02-23', '2023-02-23', '2023-02-23', true],
    ['2024-02-29', '2024-02-29', '2024-02-29', true],
    ['0001', '0001-01-01', '0001-12-31', true],
    ['9999-12-31', '9999-12-31', '9999-12-31', true],
    ['2023?', '2023-01-01', '2023-12-31', false],
    ['2023-02~', '2023-02-01', '2023-02-28', false],
    ['2023-02-23?', '2023-02-23', '2023-02-23', false],
    ['2023-02-23/2023-02-25', '2023-02-23', '2023-02-25', true],
    ['2023-02-23/2023-02', '2023-02-23', '2023-02-28', true],
    ['2022/2023-02', '2022-01-01', '2023-02-28', true],
    ['2023-02-23/..', '2023-02-23', '9999-12-31', true],
    ['../2023-02', '0001-01-01', '2023-02-28', true],
    ['2023-02-23?/2023-02-25', '2023-02-23', '2023-02-25', false],
    ['../2023~', '0001-01-01', '2023-12-31', false],
    ['2023-02-23/', '2023-02-23', '9999-12-31', true],
    ['/2023-02%', '0001-01-01', '2023-02-28', false],
    ['2023%', '2023-01-01', '2023-12-31', false],
    ['2023-21', '2023-01-01', '2023-12-31', true],
    ['2023-22', '2022-12-01', '2024-02-29', true],
    ['2023-23', '2023-01-01', '2023-12-31', true],
    ['2023-24', '2022-12-01', '2024-02-29', true],
    ['2022-24~', '2021-12-01', '2023-02-28', false],
    ['0001-22', '0001-01-01', '0002-02-28', true],
    ['9999-24', '9998-12-01', '9999-12-31', true],
    ['2023-21/2024-23', '2023-01-01', '2024-12-31', true],
    ['201X', '2010-01-01', '2019-12-31', true],
    ['20XX?', '2000-01-01', '2099-12-31', false],
    ['000X', '0001-01-01', '0009-12-31', true],
    ['2004-XX', '2004-01-01', '2004-12-31', true],
    ['2004-XX-XX', '2004-01-01', '2004-12-31', true],
    ['2004-02-XX', '2004-02-01', '2004-02-29', true],
    ['2023-02-XX%', '2023-02-01', '2023-02-28', false],
    ['0004-02', '0004-02-01', '0004-02-29', true],
    ['0100-02', '0100-02-01', '0100-02-28', true],
  ])('%s allows the days from %s to %s', (date, earliest, latest, exact) => {
    expect(parsePartialDate(date)).toEqual({ earliest, latest, exact });
    expect(partialDate.safeParse(date).success).toBe(true);
  });

  it.each([
    '',
    '23',
    '202',
    '20230',
    '2023-',
    '2023-2',
    '2023-00',
    '2023-13',
    '2023-02-00',
    '2023-02-30',
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-12-32',
    '0000',
    '0000-01-01',
    '-2023',
    '+2023',
    '2023/02',
    '2023-02-23T12:00',
    '2023-02-23 ',
    ' 2023',
    '2023??',
    '2023?~',
    '2023%%',
    '20X3',
    '2XXX',
    'XXXX',
    '20xx',
    '0000-XX',
    '0000-21',
    '2004-XX-12',
    '2004-1X',
    '2004-0X-01',
    '2004-02-2X',
    '2004-13-XX',
    '2023-20',
    '2023-25',
    '2023-21-01',
    '2023-21-XX',
    '201X/2023',
    '2004-06-XX/2004-07-03',
    '２０２３',
    '../..',
    '..',
    '/',
    '../',
    '/..',
    '2024/2023',
    '2023-03/2023-02',
    '2023/2024/2025',
    '2023-02-25/2023-02-23',
    '2023.02.23',
    '23.02.2023',
  ])('%j is none', (text) => {
    expect(parsePartialDate(text)).toBeUndefined();
    expect(partialDate.safeParse(text).success).toBe(false);
    expect(() => daysOf(text)).toThrow('not a partial date');
  });

  it('knows every day of the calendar, and no other', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const year = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    fc.assert(
      fc.property(year, part(14), part(33), (y, m, d) => {
        const text = `${y}-${m}-${d}`;
        const date = new Date(`${text}T00:00:00Z`);
        const exists = y !== '0000' && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(parsePartialDate(text) !== undefined).toBe(exists);
        expect(day.safeParse(text).success).toBe(exists);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['2023', '2023-02', '2023-02-23?', '2023-02-23/2023-02-23', '2023-02-30'])(
    '%s is no calendar day',
    (text) => {
      expect(day.safeParse(text).success).toBe(false);
    },
  );
});

describe('a text that is no date', () => {
  it('is told in words what is expected', () => {
    const [issue] = partialDate.safeParse('Feb 2023').error?.issues ?? [];
    for (const words of ['season', 'unspecified digits', 'uncertain', 'approximate', 'open end', 'unknown', '0001']) {
      expect(issue?.message).toContain(words);
    }
  });
});

describe('what is certain about two dates', () => {
  it.each([
    ['2023-02-22', '2023-02-23', true],
    ['2023-02-23', '2023-02-23', false],
    ['2023-02-24', '2023-02-23', false],
    ['2023-01', '2023-02-01', true],
    ['2023-02', '2023-02-28', false],
    ['2022', '2023', true],
    ['2022?', '2023', false],
    ['2022', '2023~', false],
    ['2023-02-23/..', '2024', false],
    ['../2022', '2023', true],
  ])('%s is before %s: %s', (a, b, before) => {
    expect(certainlyBefore(a, b)).toBe(before);
  });
});

describe('the earliest of several dates', () => {
  const date = fc.constantFrom(
    '2023',
    '2023?',
    '2023-01',
    '2023-01-01',
    '2023-01-01~',
    '2022/2023',
    '2023-02-23/..',
    '../2024',
  );
  it('is the same in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(date, { minLength: 1 }), (dates) => {
        expect(earliestOf([...dates].reverse())).toBe(earliestOf(dates));
        expect(earliestOf([...dates].sort())).toBe(earliestOf(dates));
      }),
    );
  });
  it('is the more precise of two that begin on one day', () => {
    expect(earliestOf(['2023', '2023-01-01', '2023-01'])).toBe('2023-01-01');
  });
  it('is none when there are none', () => {
    expect(earliestOf([])).toBeUndefined();
  });
});
