import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { presentRecord } from '../../domain/presentation.ts';
import { createWorld, type Example } from '../examples/world.ts';

/** A treaty whose parties consented before and after its entry into force, and some of which left, as a source tells it. */
const file = 'rome-statute.json';
const submitted = {
  file,
  ...JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')),
} as Example;
const world = createWorld();
world.submit(submitted);

interface Party {
  readonly organization: string;
  readonly state: string;
  readonly since?: string;
  readonly certainty: string;
}
const record = world.named('rome');
const commits = [{ position: 7, version: record.version, types: [], recordedAt: record.changedAt }];
const page = (day: string) =>
  presentRecord({ record, first: 0, commits }, day) as unknown as {
    state: string;
    certainty: string;
    parties: Party[];
  };

const names = {
  al: 'Albania',
  am: 'Armenia',
  gm: 'Gambia',
  bi2: 'Burundi',
  ph: 'Philippines',
  usa2: 'United States',
  af: 'Afghanistan',
};
const nameOf = new Map(Object.entries(names).map(([as, name]) => [world.ids.get(as), name]));

/** What the page says of the parties on a day. */
const parties = (day: string) =>
  Object.fromEntries(
    page(day).parties.map(({ organization, state, since, certainty }) => {
      expect(certainty).toBe('certain');
      return [nameOf.get(organization), since === undefined ? state : `${state} since ${since}`];
    }),
  );

/** The facts of the file, party by party: no day on which the treaty entered into force for Burundi or the Philippines. */
const stood: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1998-12-31': {
    Albania: 'subject-to-approval since 1998-07-18',
    Armenia: 'unsigned',
    Gambia: 'subject-to-approval since 1998-12-04',
    Burundi: 'unsigned',
    Philippines: 'unsigned',
    'United States': 'unsigned',
    Afghanistan: 'unsigned',
  },
  '2002-06-30': {
    Albania: 'subject-to-approval since 1998-07-18',
    Armenia: 'subject-to-approval since 1999-10-01',
    Gambia: 'consented since 2002-06-28',
    Burundi: 'subject-to-approval since 1999-01-13',
    Philippines: 'subject-to-approval since 2000-12-28',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'unsigned',
  },
  '2003-04-30': {
    Albania: 'consented since 2003-01-31',
    Armenia: 'subject-to-approval since 1999-10-01',
    Gambia: 'bound since 2002-07-01',
    Burundi: 'subject-to-approval since 1999-01-13',
    Philippines: 'subject-to-approval since 2000-12-28',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'consented since 2003-02-10',
  },
  '2010-01-01': {
    Albania: 'bound since 2003-05-01',
    Armenia: 'subject-to-approval since 1999-10-01',
    Gambia: 'bound since 2002-07-01',
    Burundi: 'consented since 2004-09-21',
    Philippines: 'subject-to-approval since 2000-12-28',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'bound since 2003-05-01',
  },
  '2016-12-31': {
    Albania: 'bound since 2003-05-01',
    Armenia: 'subject-to-approval since 1999-10-01',
    Gambia: 'notice-given since 2016-11-10',
    Burundi: 'notice-given since 2016-10-27',
    Philippines: 'consented since 2011-08-30',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'bound since 2003-05-01',
  },
  '2018-12-31': {
    Albania: 'bound since 2003-05-01',
    Armenia: 'subject-to-approval since 1999-10-01',
    Gambia: 'bound since 2002-07-01',
    Burundi: 'withdrawn since 2017-10-27',
    Philippines: 'notice-given since 2018-03-17',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'bound since 2003-05-01',
  },
  '2024-01-31': {
    Albania: 'bound since 2003-05-01',
    Armenia: 'consented since 2023-11-14',
    Gambia: 'bound since 2002-07-01',
    Burundi: 'withdrawn since 2017-10-27',
    Philippines: 'withdrawn since 2019-03-17',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'bound since 2003-05-01',
  },
  '2024-02-01': {
    Albania: 'bound since 2003-05-01',
    Armenia: 'bound since 2024-02-01',
    Gambia: 'bound since 2002-07-01',
    Burundi: 'withdrawn since 2017-10-27',
    Philippines: 'withdrawn since 2019-03-17',
    'United States': 'signature-withdrawn since 2002-05-06',
    Afghanistan: 'bound since 2003-05-01',
  },
};

describe('the Rome Statute', () => {
  it('is recorded as its file has it: one event for each act and each signature that opens it', () => {
    const told = submitted.commands.flatMap(({ data: { on, signatures = [] } }) => [
      on as string | undefined,
      ...(signatures as { on: string }[]).map((one) => one.on),
    ]);
    expect(world.events.map(({ data: { on } }) => on)).toEqual(told);
  });

  it.each(Object.entries(stood))('has on %s the parties that it had', (day, expected) => {
    expect(parties(day)).toEqual(expected);
  });

  it('is in force since 2002-07-01, whoever leaves', () => {
    const states = ['1998-07-17', '2002-06-30', '2002-07-01', '2010-01-01', '2025-01-01'].map((day) => page(day).state);
    expect(states).toEqual(['open-for-signature', 'partly-signed', 'in-force', 'in-force', 'in-force']);
  });
});
