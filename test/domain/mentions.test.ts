import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { aggregates, commandsByName } from '../../domain/catalog.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { nameFinder } from '../../domain/person/free-text.ts';
import { isRecordedText, withMentions, withoutWords } from '../../domain/person/mentions.ts';
import { wordsOf } from '../../domain/values/text.ts';
import { idOf, recordOf } from '../support/decider.ts';

const evidence = [{ source: { title: 'Chen Example wins', url: 'https://example.org/chen' }, basis: 'stated' }];
const id = (letter: string) => idOf('person', letter);
const sought = (...names: string[]) => ({
  namesIn: nameFinder(names),
  idOf: (at: string, number: number) => id('abcdefgh'[(at.length % 4) + number] ?? 'z'),
});
const without = (command: string, data: object, record?: FoldedRecord) => {
  const found = commandsByName.get(command);
  if (!found) throw new Error(command);
  return withoutWords(found.definition, data, record, sought('Chen Example'));
};

/** The fields of a schema that take words of this kind. */
function fieldsOf(schema: z.core.$ZodType, kind: string, field = '', seen = new Set<z.core.$ZodType>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  if (wordsOf(schema) !== undefined) return wordsOf(schema) === kind ? [field] : [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') {
    return Object.entries(def.shape).flatMap(([key, inner]) => fieldsOf(inner, kind, key, new Set(seen)));
  }
  if (def.type === 'array') return fieldsOf(def.element, kind, field, seen);
  if (def.type === 'union') return def.options.flatMap((one) => fieldsOf(one, kind, field, new Set(seen)));
  return def.type === 'optional' || def.type === 'nullable' ? fieldsOf(def.innerType, kind, field, seen) : [];
}

describe('the catalog', () => {
  const schemas = aggregates.flatMap(({ events }) => events.map(({ schema }) => schema));
  const fields = (kind: string) => [...new Set(schemas.flatMap((schema) => fieldsOf(schema, kind)))].sort();

  it('marks as free text what may mention a person', () => {
    expect(fields('free text')).toEqual(
      expect.arrayContaining(['authority', 'capacity', 'locator', 'reason', 'text', 'title', 'unidentified']),
    );
  });
  it('does not mark what something is called, addresses and identifiers', () => {
    const marked = fields('free text');
    for (const one of ['value', 'url', 'publisher', 'venue', 'locality', 'id', 'category', 'role']) {
      expect(marked).not.toContain(one);
    }
    expect(fields('label')).toEqual(['evidence', 'id']);
  });
});

describe('words that name a person', () => {
  it('are taken out of free text, and out of nothing else', () => {
    const data = {
      kind: 'company',
      names: [{ value: 'Chen Example Foundation', lang: 'en' }],
      notes: [{ text: 'Chen Example and CHEN EXAMPLE and Chen Example', lang: 'en' }],
      evidence,
    };
    const { data: said, words, refusals } = without('register-organization', data);
    expect(refusals).toEqual([]);
    const [first, second, third, fourth] = words.map((one) => one.id);
    expect(said).toEqual({
      ...data,
      notes: [{ text: `${first} and ${second} and ${third}`, lang: 'en' }],
      evidence: [{ ...evidence[0], source: { ...evidence[0]?.source, title: `${fourth} wins` } }],
    });
    expect(words.map(({ words: one, at }) => [one, at])).toEqual([
      ['Chen Example', '/notes/0/text'],
      ['CHEN EXAMPLE', '/notes/0/text'],
      ['Chen Example', '/notes/0/text'],
      ['Chen Example', '/evidence/0/source/title'],
    ]);
  });
  it('are taken out of a correction as out of the data that it patches', () => {
    const record = recordOf(idOf('organization'), [
      ['organization.registered', { kind: 'company', names: [{ value: 'Any', lang: 'en' }] }],
    ]);
    const set = {
      names: [{ value: 'Chen Example Foundation', lang: 'en', notes: [{ text: 'By Chen Example', lang: 'en' }] }],
      notes: null,
    };
    const data = { corrects: 1, set, reason: 'identity', evidence: [{ source: { lang: 'en' }, basis: 'stated' }] };
    const { data: said, words } = without('correct-organization', data, record);
    expect(words).toMatchObject([{ at: '/set/names/0/notes/0/text' }]);
    const notes = [{ text: `By ${words[0]?.id}`, lang: 'en' }];
    expect(said).toEqual({ ...data, set: { names: [{ ...set.names[0], notes }], notes: null } });
  });
  it('are told with their places in each event that holds them', () => {
    const mention = (letter: string) => ({ person: id(letter), of: id('z'), commitment: '0'.repeat(64) });
    const known = new Map(['a', 'b'].map((letter) => [id(letter), mention(letter)]));
    const data = { notes: [{ text: `${id('b')}, ${id('a')}` }], grounds: id('a'), other: id('c') };
    expect(withMentions(data, known)).toEqual({
      ...data,
      mentions: [
        { ...mention('a'), at: '/grounds' },
        { ...mention('b'), at: '/notes/0/text' },
        { ...mention('a'), at: '/notes/0/text' },
      ],
    });
    const none = { grounds: 'none' };
    expect(withMentions(none, known)).toBe(none);
  });
  it('are refused in a label, and so is an id of a person in any text', () => {
    const labelled = [{ id: 'chen example', source: { title: id('q') }, basis: 'stated' }];
    const { refusals } = without('register-organization', { evidence: labelled, names: [{ value: id('q') }] });
    expect(refusals.map(({ rule, pointer }) => `${rule} ${pointer}`).sort()).toEqual([
      'name-in-free-text /evidence/0/id',
      'person-id-in-text /evidence/0/source/title',
      'person-id-in-text /names/0/value',
    ]);
  });
});

describe('a text that was recorded', () => {
  const recorded = `${id('a')} and ${id('b')}, says ${id('a')}.`;
  const is = (text: string, words: Record<string, string>) => isRecordedText(text, recorded, (one) => words[one]);
  it.each([
    ['Ana and Bo, says Ana.', { a: 'Ana', b: 'Bo' }, true],
    ['Ana and Bo, says Ana', { a: 'Ana', b: 'Bo' }, false],
    ['Ana and Bo, says ANA.', { a: 'Ana', b: 'Bo' }, false],
    ['Ana and Bo, says Ana.', { a: 'Ana' }, true],
    ['Ana and , says Ana.', { a: 'Ana' }, false],
    ['Ana and, says Ana, says Ana.', { a: 'Ana' }, false],
    ['Ana and x, says Ana, says Ana.', { a: 'Ana' }, true],
    ['Anybody and nobody, says everybody.', {}, true],
    [' and nobody, says everybody.', {}, false],
    ['Anybody and nobody, says everybody', {}, false],
    ['Anybody or nobody, says everybody.', {}, false],
  ])('is "%s" as far as %j are known: %s', (text, words, expected) => {
    expect(is(text, Object.fromEntries(Object.entries(words).map(([letter, one]) => [id(letter), one])))).toBe(
      expected,
    );
  });
});
