import edtf from 'edtf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_DAY, isSeldomRead, LAST_DAY, parsePartialDate } from '../../../domain/values/partial-date.ts';

/** What edtf.js, another reader of the format, takes for a date of level 1. */
function peer(text: string) {
  try {
    return edtf(text, { level: 1 });
  } catch {
    return undefined;
  }
}

const dayOf = (time: number, without: string): string =>
  time === 0 || !Number.isFinite(time) ? without : new Date(time).toISOString().slice(0, 10);

/** The days that edtf.js reads, in the years that the registry has. */
function daysOfPeer(text: string) {
  const read = peer(text);
  if (!read) return undefined;
  const earliest = dayOf(read.min, FIRST_DAY);
  return { earliest: earliest < FIRST_DAY ? FIRST_DAY : earliest, latest: dayOf(read.max, LAST_DAY) };
}

/** The examples of levels 0 and 1 in https://www.loc.gov/standards/datetime/ that name days of the years 0001 to 9999. */
const published = [
  ...['1985-04-12', '1985-04', '1985', '1964/2008', '2004-06/2006-08', '2004-02-01/2005-02-08', '2004-02-01/2005-02'],
  ...['2004-02-01/2005', '2005/2006-02', '2001-21', '1984?', '2004-06~', '2004-06-11%', '201X', '20XX', '2004-XX'],
  ...['1985-04-XX', '1985-XX-XX', '1985-04-12/..', '1985-04/..', '1985/..', '../1985-04-12', '../1985-04', '../1985'],
  ...['1985-04-12/', '1985-04/', '1985/', '/1985-04-12', '/1985-04', '/1985', '1984~/2004-06', '1984/2004-06~'],
  ...['1984?/2004%', '1984-06-02?/2004-08-08~'],
];

/** Its examples that name no such day, and some of level 2. */
const foreign = [
  ...['1985-04-12T23:20:30', '1985-04-12T23:20:30Z', '1985-04-12T23:20:30+04:30', 'Y170000002', 'Y-170000002', '-1985'],
  ...['156X-12-25', '15XX-12-25', 'XXXX-12-XX', '1XXX-XX', '2004-06~-11', '?2004-06-~11', '2001-34', '1950S2'],
  ...['{1960,1961-12}', '[1667,1760-12]', '2004-06-~01/2004-06-~20', '2004-06-XX/2004-07-03', 'Y17E7'],
];

const part = (...more: string[]) =>
  fc.oneof(
    fc.integer({ min: 0, max: 32 }).map((n) => String(n).padStart(2, '0')),
    fc.constantFrom('01', '02', '12', '28', '29', '30', '31', 'XX', ...more),
  );
const year = fc.oneof(
  fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0')),
  fc.constantFrom('201X'),
);
const qualifier = fc.constantFrom('', '', '?', '~', '%');
const single = fc
  .oneof(
    year,
    fc.constantFrom('20XX', '2XXX'),
    fc.tuple(year, part('21', '22', '23', '24', '25')),
    fc.tuple(year, part(), part('1X')),
  )
  .chain((parts) => qualifier.map((sign) => [parts].flat().join('-') + sign));
const end = fc.oneof(single, single, fc.constantFrom('', '..'));
const text = fc.oneof(
  single,
  fc.tuple(end, end).map((ends) => ends.join('/')),
);

/** edtf.js reads the seasons of one hemisphere. */
const hasSeason = (date: string) => /-2[1-4](?![-\d])/.test(date);

/** edtf.js has a year 0000, takes 29 February of a common year for 1 March, and reads intervals without any date. */
const differs = (date: string, isRead: boolean) =>
  /(?:^|\/)0000/.test(date) || (!isRead && /-02-29/.test(date)) || /^(?:\.\.)?\/(?:\.\.)?$/.test(date);

describe('partial dates and EDTF level 1', () => {
  it.each(published)('%s, which the specification gives, is one', (date) => {
    expect(parsePartialDate(date)).toBeDefined();
    expect(isSeldomRead(date)).toBe(false);
    if (!date.includes('-21')) expect(parsePartialDate(date)).toMatchObject(daysOfPeer(date) ?? {});
  });
  it.each(foreign)('%s is none', (date) => expect(parsePartialDate(date)).toBeUndefined());

  it('are those that edtf.js reads, with the same days', () => {
    let compared = 0;
    fc.assert(
      fc.property(text, (date) => {
        const own = parsePartialDate(date);
        const theirs = daysOfPeer(date);
        if (differs(date, own !== undefined)) return;
        if (!own || isSeldomRead(date)) expect(theirs, date).toBeUndefined();
        else if (hasSeason(date)) expect(theirs, date).toBeDefined();
        else {
          compared += 1;
          expect(theirs, date).toEqual({ earliest: own.earliest, latest: own.latest });
        }
      }),
      { numRuns: 5000 },
    );
    expect(compared).toBeGreaterThan(500);
  });

  it.each(['2023-02-23/2023-02', '2023/2023', '2023-02-23/2023-02-23', '2023-21/2023-22', '2023-24?', '201X~'])(
    '%s is one that edtf.js refuses',
    (date) => {
      expect([parsePartialDate(date) !== undefined, isSeldomRead(date), peer(date)]).toEqual([true, true, undefined]);
    },
  );
});
