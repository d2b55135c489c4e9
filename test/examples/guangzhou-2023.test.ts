import { describe, expect, it } from 'vitest';
import { type AgreementState, factsOf } from '../../domain/agreement/state.ts';
import type { CeremonyState } from '../../domain/ceremony/state.ts';
import { evidenceOf } from '../../domain/record/evidence.ts';
import { indexFieldsOf, standingOf, statusOf } from '../../domain/record/record.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import { createWorld, examplesOf } from './world.ts';

const examples = examplesOf('guangzhou-2023');
const world = createWorld();
const landed = examples.map((example) => ({ ...example, ...world.submit(example) }));
/** What src-1 reported, before later sources set it right. */
const reported = createWorld();
for (const example of examples.filter(({ file }) => file < '08')) reported.submit(example);
const id = (name: string) => world.ids.get(name);
const nameOf = (record: string) => [...world.ids].find(([, other]) => other === record)?.[0];

describe('the submissions of the Guangzhou conference', () => {
  it('are accepted by the domain, one after the other, without a warning', () => {
    expect(examples.map(({ file }) => file)).toEqual([
      '01-organizations.json',
      '02-clients.json',
      '03-conference.json',
      '04-signing.json',
      '05-joining.json',
      '06-launches.json',
      '07-awards.json',
      '08-corrections.json',
    ]);
    expect(world.warnings).toEqual([]);
  });
  it.each(landed)('$file keeps to the caps', ({ commands, bytes, streams }) => {
    expect(commands.length).toBeLessThanOrEqual(99);
    expect(streams.size).toBeLessThanOrEqual(100);
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
  });
  it('make no event of more than 16 KiB', () => {
    const sizes = world.events.map((event) => Buffer.byteLength(canonical(event)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16 * 1024);
  });
  it('let the registrar originate no fact', () => {
    const types = world.events.filter(({ actor }) => actor === 'registrar').map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(['organization.client-appointed']));
  });
  it('can be submitted to an empty registry only once: a client acts for one organization', () => {
    const [, clients] = examples;
    expect(() => world.submit({ ...(clients as never as (typeof examples)[0]), file: 'again' })).toThrow(
      'client-taken',
    );
  });
});

describe('an organization', () => {
  it('has its Russian, English and Chinese names', () => {
    const { names } = indexFieldsOf(world.named('org-gzde'));
    expect(names.map(({ value, lang, form }) => [value, lang, form])).toEqual([
      ['Гуанчжоуская алмазная биржа', 'ru', 'normalized'],
      ['Guangzhou Diamond Exchange', 'en', 'as-given'],
      ['GZDE', 'en', 'as-given'],
      ['广州钻石交易中心', 'zh-Hans', 'verified'],
    ]);
  });
  it('is one of nineteen', () => {
    const organizations = [...world.records.values()].filter(({ aggregate }) => aggregate.name === 'organization');
    expect(organizations).toHaveLength(19);
  });
  it('is spoken for by its client from the appointment on', () => {
    expect(world.named('org-gzde').state).toMatchObject({ clients: ['gzde'] });
    expect(world.named('org-gdgje').state).toMatchObject({ clients: ['gdgje'] });
  });
});

describe('the conference', () => {
  const conference = world.named('cer-conf').state as CeremonyState;
  it('has nine role holders', () => {
    expect(conference.roles.map(({ organization, role }) => [nameOf(organization), role])).toEqual([
      ['org-gzde', 'co-host'],
      ['org-gdgje', 'co-host'],
      ['org-panyu-gov', 'guidance'],
      ['org-gac', 'guidance'],
      ['org-cga', 'guidance'],
      ['org-gth', 'guidance'],
      ['org-wfdb', 'supporter'],
      ['org-sde', 'supporter'],
      ['org-ndc', 'supporter'],
    ]);
    expect(conference.roles.every(({ basis }) => basis === 'stated')).toBe(true);
  });
  it('began on the day that its source gives, and ended nobody says when', () => {
    expect(conference).toMatchObject({ on: '2023-02-23/..', edition: 7, class: 'II' });
  });
  it('has its parts, and the forum has its own', () => {
    const partsOf = (whole: string) =>
      [...world.records.values()]
        .filter(({ state }) => (state as CeremonyState).partOf === id(whole))
        .map(({ state, id: part }) => [nameOf(part), (state as CeremonyState).kind]);
    expect(partsOf('cer-conf')).toEqual([
      ['cer-opening', 'opening'],
      ['cer-sign', 'signing'],
      ['cer-join', 'joining'],
      ['cer-forum', 'forum'],
      ['cer-aw1', 'award'],
      ['cer-aw2', 'award'],
      ['itm-1', 'exhibition'],
      ['itm-2', 'contest'],
      ['itm-3', 'exhibition'],
    ]);
    expect(partsOf('cer-forum')).toEqual([
      ['cer-launch', 'launch'],
      ['cer-assoc', 'inauguration'],
    ]);
  });
  it('had named and unnamed guests at its opening, and nobody says how many', () => {
    const opening = world.named('cer-opening').state as CeremonyState;
    expect(opening.roles.filter(({ role }) => role === 'guest')).toHaveLength(6);
    expect(opening.unnamed).toEqual([{ role: 'guest' }]);
  });
  it('doubts the day of what its source dates only by the conference', () => {
    for (const part of ['cer-opening', 'cer-sign', 'cer-join']) {
      expect(world.named(part).state).toMatchObject({ on: '2023-02-23?' });
    }
  });
  it('stands as its host reported it', () => {
    expect(standingOf(world.named('cer-conf'))).toBe('hosted');
  });
});

describe('the signing', () => {
  const record = reported.named('agrset-1');
  const signing = record.state as AgreementState;
  it('has six parties: one inferred, one described without a name', () => {
    expect(signing.parties).toHaveLength(6);
    const named = signing.parties.flatMap((party) =>
      'organization' in party ? [[nameOf(party.organization), party.basis]] : [],
    );
    expect(named).toEqual([
      ['org-gzde', 'inferred'],
      ['org-spdb-panyu', 'stated'],
      ['org-ccb-panyu', 'stated'],
      ['org-fdj', 'stated'],
      ['org-aiying', 'stated'],
    ]);
    expect(signing.parties.filter((party) => 'unidentified' in party)).toEqual([
      { unidentified: 'специальным поставщиком Международного геммологического института', lang: 'ru' },
    ]);
  });
  it('is signed by all of them, at a ceremony of the conference, on a day that is not certain', () => {
    expect(record.aggregate.lifecycle.statusOn(signing, '2023-03-01')).toBe('signed');
    expect(record.aggregate.lifecycle.statusOn(signing, '2023-02-22')).toBe('announced');
    expect(indexFieldsOf(record)).toMatchObject({ on: '2023-02-23?', ceremony: id('cer-sign') });
    expect(factsOf(signing, 'agreement.signed').map(({ mode }) => mode)).toEqual(Array(6).fill(undefined));
  });
  it('is reported as one, and covers at least two', () => {
    const agreements = [...reported.records.values()].filter(({ aggregate }) => aggregate.name === 'agreement');
    expect(agreements).toHaveLength(1);
    expect(signing.covers).toEqual({ min: 2 });
  });
  it('stands as its host reported it, and rests on one piece of evidence', () => {
    expect(standingOf(record)).toBe('hosted');
    expect(evidenceOf(record)).toHaveLength(1);
  });
});

const all = (aggregate: string, { records } = reported) =>
  [...records.values()].filter((record) => record.aggregate.name === aggregate);
const today = '2026-11-01';

describe('those that intend to join', () => {
  it('are a count of at least 31, and no memberships', () => {
    const [cohort, ...others] = all('cohort');
    expect(others).toEqual([]);
    expect(cohort?.state).toMatchObject({ subject: 'intents', body: id('org-natcentre'), count: { min: 31 } });
    expect(all('membership')).toEqual([]);
  });
});

describe('the launches', () => {
  const launches = all('launch').map(({ aggregate, state }) => ({
    ...(aggregate.present?.(state, today) as { meaning: string; by?: string[]; establishes?: string }),
    status: aggregate.lifecycle.statusOn(state, today),
  }));
  it('are five: three launched, one inauguration, one announcement', () => {
    expect(launches.map(({ meaning, status }) => `${meaning}, ${status}`).sort()).toEqual([
      'announced, announced',
      'inaugurated, launched',
      'launched, launched',
      'launched, launched',
      'launched, launched',
    ]);
  });
  it('name who performed them only where the source does', () => {
    expect(launches.filter(({ by }) => by !== undefined).map(({ by }) => by)).toEqual([[id('org-gzde')]]);
  });
  it('establish the association that was inaugurated', () => {
    expect(launches.find(({ meaning }) => meaning === 'inaugurated')?.establishes).toBe(id('org-pjdca'));
  });
});

describe('the award programmes', () => {
  it('are two, conferred by both exchanges, and no award is there', () => {
    const conferrers = [id('org-gzde'), id('org-gdgje')];
    expect(all('award-programme').map(({ state }) => (state as { conferredBy: string[] }).conferredBy)).toEqual([
      conferrers,
      conferrers,
    ]);
    expect(all('award')).toEqual([]);
  });
});

describe('after the corrections', () => {
  const agreements = all('agreement', world);
  it('five agreements stand in place of the garbled one, which is still to be seen', () => {
    const standing = agreements.filter((record) => statusOf(record, today) !== 'retracted');
    expect(standing.map((record) => statusOf(record, today))).toEqual(Array(5).fill('signed'));
    expect(standing.map((record) => indexFieldsOf(record).parties[1])).toEqual(
      ['org-spdb-panyu', 'org-ccb-panyu', 'org-igi', 'org-fdj', 'org-aiying'].map(id),
    );
    const [retracted, ...others] = agreements.filter((record) => statusOf(record, today) === 'retracted');
    expect(others).toEqual([]);
    expect(retracted?.id).toBe(id('agrset-1'));
    expect(retracted?.retractions[0]?.replacedBy).toEqual(standing.map((record) => record.id));
  });
  it('the exhibition bears its whole name, and says what was lost in translation', () => {
    const exhibition = world.named('lau-3');
    expect(indexFieldsOf(exhibition).names[0]).toMatchObject({ value: 'Hainan International Bonded Jewellery Show' });
    expect(exhibition.corrections).toMatchObject([{ corrects: 1, reason: 'translation' }]);
  });
  it('the conference that was announced was held', () => {
    const conference = world.named('lau-5');
    expect(statusOf(conference, '2023-05-25')).toBe('announced');
    expect(statusOf(conference, '2023-05-26')).toBe('held');
  });
});
