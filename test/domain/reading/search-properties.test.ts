import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allRows, applyCommits } from '../../../domain/projections/projection.ts';
import { search } from '../../../domain/projections/search/search.ts';
import { foldedText, nameWords } from '../../../domain/projections/search/words.ts';
import { eventsOf } from '../../support/decider.ts';
import { nameOf, numberedId, searchable } from '../../support/searching.ts';

const parts = {
  en: ['Guangzhou', 'Diamond', 'Exchange', "People's", 'Gems', '&', 'Łódź', 'Straße', 'No. 7', 'Côte d’Or'],
  ru: ['Гуанчжоуская', 'алмазная', 'биржа', 'Ёлкин', 'Йод', 'Хабаровск', 'ООО', '№ 12', 'щука', 'объезд'],
  zh: ['广州', '鑽石', '交易中心', '（珠宝）', '集團', '有限公司', '，', '上海', 'GZDE', '2023年'],
};
const nameIn = (lang: keyof typeof parts) =>
  fc
    .array(fc.constantFrom(...parts[lang]), { minLength: 1, maxLength: 5 })
    .map((words) => `${words.join(lang === 'zh' ? '' : ' ')}@${lang}`)
    .filter((name) => nameWords(nameOf(name).value).length > 0);
const anyName = fc.oneof(nameIn('en'), nameIn('ru'), nameIn('zh'));
const namesOfOne = fc.uniqueArray(anyName, { minLength: 1, maxLength: 3 });

/** The beginnings of a text, sign by sign. */
const beginningsOf = (text: string): string[] => [...text].map((_, at) => [...text].slice(0, at + 1).join(''));

describe('every name', () => {
  it('is found by each beginning of each of its words, and by its words in any order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(namesOfOne, { minLength: 3, maxLength: 12 }), fc.nat(), async (all, seed) => {
        const register = searchable();
        const named = all.map((names) => [register.organization(names), names] as const);
        const { ids, counted } = register.opened();
        for (const [id, names] of named) {
          for (const name of names) {
            const words = nameWords(nameOf(name).value).map(({ text }) => text);
            const reordered = words.toSorted((a, b) => ((a.length * (seed % 7)) % 5) - ((b.length * (seed % 7)) % 5));
            const asked = [...words.flatMap(beginningsOf), words.join(' '), reordered.join(' '), nameOf(name).value];
            for (const q of asked) {
              expect(await ids(q, { limit: 100 }), `${q} in ${name}`).toContain(id);
              expect(counted.rows).toBeLessThanOrEqual(500);
              expect(counted.rounds).toBeLessThanOrEqual(3);
            }
          }
        }
      }),
      { numRuns: 25, seed: 16 },
    );
  });

  it('is folded once and for all, however its letters are composed', () => {
    fc.assert(
      fc.property(fc.oneof(anyName, fc.string({ unit: 'grapheme', maxLength: 30 })), (name) => {
        const folded = foldedText(name);
        expect(foldedText(folded)).toBe(folded);
        expect(foldedText(name.normalize('NFD'))).toBe(folded);
      }),
      { seed: 16 },
    );
  });
});

describe('the rows of one record', () => {
  const sizes = (aggregate: string, fact: readonly [string, object]) => {
    const events = eventsOf(numberedId(aggregate, 1), [fact]);
    const sealed = applyCommits(undefined, [{ events, position: 1 }]) ?? expect.fail();
    const rows = allRows(search, sealed).map(({ partition, sort, value }) => JSON.stringify([partition, sort, value]));
    const bytes = rows.map((row) => Buffer.byteLength(row));
    return { rows: rows.length, bytes: bytes.reduce((sum, one) => sum + one, 0), largest: Math.max(0, ...bytes) };
  };
  const agreement = (title: string): readonly [string, object] => [
    'agreement.registered',
    { kind: 'supply', titles: [{ value: title, lang: 'en' }], parties: [] },
  ];
  const organization = (names: readonly string[]): readonly [string, object] => [
    'organization.registered',
    { kind: 'exchange', names: names.map(nameOf) },
  ];

  it('are few, and each takes one write unit of a kilobyte', () => {
    const of = {
      title: sizes('agreement', agreement('Agreement on cooperation in trade, 12 of 100')),
      name: sizes('organization', organization(['Guangzhou Diamond Exchange'])),
      names: sizes(
        'organization',
        organization(['Гуанчжоуская алмазная биржа@ru', 'Guangzhou Diamond Exchange', 'GZDE', '广州钻石交易中心@zh']),
      ),
    };
    console.log('rows and bytes of the read model search', of);
    expect(of.title.rows).toBe(3);
    expect(of.name.rows).toBe(8);
    expect(of.names.rows).toBeLessThanOrEqual(50);
    for (const { largest } of Object.values(of)) expect(largest).toBeLessThan(1024);
  });

  it('stay within bounds, however many and long the names are', () => {
    const long = Array.from({ length: 20 }, (_, place) => `${'钻石'.repeat(200)}${place} ${'слово '.repeat(15)}@zh`);
    const { rows, largest } = sizes('organization', organization(long));
    expect(rows).toBeLessThanOrEqual(20 * 2 * (50 + 21));
    expect(largest).toBeLessThan(4096);
  });
});
