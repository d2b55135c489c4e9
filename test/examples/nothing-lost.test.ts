import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evidenceOf } from '../../domain/record/evidence.ts';
import { statusOf } from '../../domain/record/record.ts';
import { createWorld, examplesOf } from './world.ts';

/**
 * Every value of the facts has its place in the examples. The facts are read from the copy beside this test; each leaf
 * is either found where it belongs, under the record that its item became, or stands in the list of what comes later.
 */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Item = Record<string, Json> & { id: string };

const facts = JSON.parse(readFileSync(new URL('./guangzhou-2023.facts.json', import.meta.url), 'utf8')) as Record<
  string,
  Json
>;
const world = createWorld();
const examples = examplesOf('guangzhou-2023');
for (const example of examples) world.submit(example);
const ids = new Map([...world.ids].map(([name, id]) => [id, name]));

/** What has no place yet, and why. */
const later: Record<string, string> = {
  '/_about': 'says how to read the facts; states none',
  '/programmeItems/itm-4/id': 'is a note on the forum, no record of its own',
};

/** The facts' own words, and the register's. */
const words: Record<string, string> = {
  normalised: 'normalized',
  subsidiaryOf: 'subsidiary-of',
  branchOf: 'branch-of',
  developedBy: 'developed-by',
  competition: 'contest',
  'intends-to-join': 'intents',
  MembershipIntentCohortRecorded: 'intents',
};

/** Values that are not stated: what a source does not say is left out. */
const isNotStated = (value: Json) => value === null || (Array.isArray(value) && value.length === 0);

/** Every leaf with the path to it; items of a list go by their id where they have one. */
function leaves(value: Json, path = ''): { path: string; value: Json }[] {
  if (isNotStated(value)) return [];
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([key, item]) => {
    const id = Array.isArray(value) ? (item as Item | null)?.id : undefined;
    return leaves(item, `${path}/${id ?? key}`);
  });
}

/** A record as text in the facts' terms: references by the names that the submissions gave. */
const told = (value: unknown) =>
  JSON.stringify(value, (_, item) => (typeof item === 'string' ? (ids.get(item) ?? item) : item));
const record = (name: string) => {
  const { state, ...facts } = world.named(name);
  return told({ id: name, state, evidence: evidenceOf(facts) });
};
const everything = told(world.events);

/** The record under which a leaf belongs. */
function placeOf(path: string): string {
  const [, section, item = ''] = path.split('/');
  if (section === 'agreementsAsFirstReported') return record('agrset-1');
  if (section === 'sources' || section === 'corrections') return everything;
  if (item === 'itm-4') return record('cer-forum');
  return record(item);
}

/** A whole value, or the rest of a note that says what it is about: `Signatories: none named`. */
const holds = (place: string, text: string) => {
  const inner = JSON.stringify(text).slice(1, -1);
  return place.includes(`"${inner}"`) || place.includes(`: ${inner}"`);
};

/** What the facts call a correction is the retraction of one record in favour of others, or the correction of an event. */
function correctionStands(path: string, said: string): boolean {
  const [, , index, field] = path.split('/');
  const [retraction, correction] = ['agreement.retracted', 'launch.corrected'].map((type) =>
    told(world.events.find((event) => event.type === type)),
  ) as [string, string];
  const place = index === '0' ? retraction : correction;
  if (field === 'type') return place !== undefined;
  if (field === 'effect') return [1, 2, 3, 4, 5].every((number) => place.includes(`"agr-${number}"`));
  if (field === 'path') return place.includes('"set":{"names":');
  if (field === 'kind') return place.includes(`"reason":"${said}`);
  return holds(place, said);
}

const membershipsOf = () =>
  [...world.records.values()].filter(({ aggregate }) => aggregate.name === 'membership').length;

/** Whether a leaf stands in its place: in the facts' own words, or in the register's. */
function stands({ path, value }: { path: string; value: Json }): boolean {
  const place = placeOf(path);
  const said = String(value);
  if (path === '/agreementsAsFirstReported/parties/3/unidentified') return place.includes('"unidentified":"');
  if (path === '/agreementsAsFirstReported/state') {
    const { aggregate, state } = world.named('agrset-1');
    return aggregate.lifecycle.statusOn(state, '2023-03-01') === said;
  }
  if (path.startsWith('/corrections/')) return correctionStands(path, said);
  if (path.endsWith('/laterFact/state')) return statusOf(world.named('lau-5'), '2023-12-31') === said;
  if (path.endsWith('/membershipsCreated')) return membershipsOf() === value;
  if (path.endsWith('/status/value')) return said.split('-or-').every((state) => place.includes(`"${state}"`));
  if (path.endsWith('/year')) return place.includes(`"expected":"${said}"`);
  if (path.endsWith('/opened')) return place.includes(`"on":"${said}/..`);
  if (path === '/programmeItems/itm-4/kind') return holds(place, said.replace('-', ' '));
  if (path.endsWith('/kind')) return place.includes(`ind":"${words[said] ?? said}"`);
  if (typeof value === 'number') return place.includes(`:${value}`);
  // "inferred: host of the ceremony": a basis and what it rests on.
  const parts = said.split(/^(stated|inferred): /).filter(Boolean);
  return parts.every((part) => holds(place, words[part] ?? part));
}

const all = leaves(facts);
const isLater = (path: string) => Object.keys(later).some((prefix) => path === prefix || path.startsWith(`${prefix}/`));

describe('the facts of the conference', () => {
  it('all stand in the examples, but those that come later', () => {
    const lost = all.filter(({ path }) => !isLater(path)).filter((leaf) => !stands(leaf));
    expect(lost).toEqual([]);
  });
  it('are looked for: one that does not stand there is found missing', () => {
    expect(stands({ path: '/organisations/org-gzde/names/0/value', value: 'Шанхайская алмазная биржа' })).toBe(false);
    expect(stands({ path: '/ceremonies/cer-conf/edition', value: 8 })).toBe(false);
    expect(stands({ path: '/ceremonies/cer-sign/kind', value: 'conference' })).toBe(false);
    expect(stands({ path: '/ceremonies/cer-conf/names/0/value', value: 'конференция' })).toBe(false);
    expect(stands({ path: '/ceremonies/cer-sign/date', value: '2023-02-24?' })).toBe(false);
    expect(all.filter(({ path }) => !isLater(path)).length).toBeGreaterThan(400);
  });
  it.each(Object.keys(later))('%s is there to come later', (prefix) => {
    expect(all.some(({ path }) => path.startsWith(prefix))).toBe(true);
  });

  it.each((facts.organisations as Item[]).map(({ id }) => id))(
    '%s has its names with language, form and source',
    (id) => {
      const { names } = (facts.organisations as Item[]).find((item) => item.id === id) as Item;
      const expected = (names as Item[]).map((name) => ({
        value: name.value,
        lang: name.lang,
        form: words[String(name.form)] ?? name.form,
        evidence: name.source,
        ...(name.type === undefined ? {} : { kind: name.type }),
      }));
      const state = world.named(id).state as { names: { notes?: unknown }[] };
      expect(state.names.map(({ notes: _, ...name }) => name)).toEqual(expected);
    },
  );
  it.each((facts.ceremonies as Item[]).map(({ id }) => id))('%s has its roles and its whole', (id) => {
    const item = (facts.ceremonies as Item[]).find((ceremony) => ceremony.id === id) as Item;
    const { roles, partOf } = JSON.parse(told(world.named(id).state)) as { roles: object[]; partOf?: string };
    const expected = ((item.roles ?? []) as Item[]).map(({ org, role, basis }) => ({
      organization: org,
      role,
      basis,
    }));
    expect(roles).toEqual(expected);
    expect(partOf).toBe(item.in);
  });
});

describe('nothing is invented', () => {
  const said = JSON.stringify(facts);
  const ours = new Set([
    'Programme item: forum topics',
    'Signatories: none named',
    'Appointment by the registrar of this registry',
  ]);
  const textsOf = (value: unknown, key = ''): string[] => {
    if (typeof value === 'string')
      return ['value', 'text', 'unidentified', 'url', 'publisher', 'sha256', 'locality'].includes(key) ? [value] : [];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([inner, item]) => textsOf(item, inner));
  };
  it('every text of the examples stands in the facts', () => {
    const texts = textsOf(examples).filter((text) => !ours.has(text));
    const bare = (text: string) => JSON.stringify(text.replace(/^(Origin of the assertion|Mode): /, '')).slice(1, -1);
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.filter((text) => !said.includes(bare(text)))).toEqual([]);
  });
  it('no record is there that the facts do not tell of', () => {
    const sections = [
      'organisations',
      'ceremonies',
      'programmeItems',
      'cohorts',
      'launches',
      'awards',
      'agreementsAfterCorrection',
    ];
    const items = sections.flatMap((section) => (facts[section] as Item[]).map(({ id }) => id));
    expect([...world.ids.keys()].sort()).toEqual([...items, 'agrset-1'].filter((id) => id !== 'itm-4').sort());
  });
});
