import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { aggregateByName, definitionOf, eventDefinitions, upcast } from '../../domain/catalog.ts';
import { type EventDefinition, type FoldedRecord, olderVersion } from '../../domain/kernel/aggregate.ts';
import { type ReadEvent, type RegistryEvent, schemaAddress } from '../../domain/kernel/event.ts';
import { patchEvent, schemaOf, upcastEvent } from '../../domain/kernel/versions.ts';
import { fold } from '../../domain/record/record.ts';
import { mergePatch } from '../../domain/values/merge-patch.ts';
import { eventsOf, evidence, type Fact, given, idOf } from '../support/decider.ts';

/** Data as each older version of a type took them, with what the next version says in their place. */
const cases: Record<string, readonly (readonly [was: object, is: object])[]> = {
  'organization.registered/1': (() => {
    const rest = { kind: 'centre', names: [{ value: 'Centre', lang: 'en' }], evidence, speaksAs: 'other' };
    const said = (was: object, is: object) => [
      { ...rest, operation: was },
      { ...rest, operation: is },
    ];
    const notes = [{ text: 'It is to open in 2024', lang: 'en' }];
    return [
      [rest, rest],
      said({ status: 'planned' }, { oneOf: ['planned'] }),
      said({ status: 'under-construction', evidence: 'src-5' }, { oneOf: ['under-construction'], evidence: 'src-5' }),
      said({ status: 'operating' }, { oneOf: ['operating'] }),
      said({ status: 'planned-or-under-construction', notes }, { oneOf: ['planned', 'under-construction'], notes }),
    ] as [object, object][];
  })(),
};

const older = eventDefinitions.flatMap((definition) =>
  (definition.older ?? []).map((version, index) => ({
    definition,
    version,
    number: index + 1,
    at: `${definition.type}/${index + 1}`,
  })),
);

describe('the versions of a type', () => {
  it.each(eventDefinitions)('of $type are counted from 1 to the current one', ({ version, older: before = [] }) => {
    expect(before).toHaveLength(version - 1);
  });
  it.each(older)('have examples of $at that fit it, and whose upcast fits the next', ({ definition, number, at }) => {
    const examples = cases[at] ?? [];
    expect(examples.length, `give examples of ${at} here`).toBeGreaterThan(0);
    for (const [was, is] of examples) {
      expect(schemaOf(definition, number)?.parse(was)).toEqual(was);
      expect(definition.older?.[number - 1]?.upcast(structuredClone(was))).toEqual(is);
      expect(schemaOf(definition, number + 1)?.parse(is)).toEqual(is);
    }
  });
  it.each(older)('differ as $at says: some of its data the next one does not take', ({ definition, version, at }) => {
    const next = schemaOf(definition, Number(at.split('/')[1]) + 1) as z.ZodType;
    expect(cases[at]?.some(([was]) => !next.safeParse(was).success)).toBe(true);
    expect(version.differs).toMatch(/^\S.*\.$/);
  });
  it('have no examples of what is no older version', () => {
    expect(Object.keys(cases).sort()).toEqual(older.map(({ at }) => at).sort());
  });
});

/** A type that has had three versions: a text, a number, and a list of numbers. */
const type = 'organization.registered';
const definition: EventDefinition = {
  type,
  version: 3,
  meaning: 'A number was noted.',
  schema: z.strictObject({ all: z.array(z.int()), note: z.string().optional() }),
  older: [
    olderVersion({
      differs: 'the number is a text.',
      schema: z.strictObject({ text: z.string(), note: z.string().optional() }),
      upcast: ({ text, ...rest }) => ({ ...rest, one: Number(text) }),
    }),
    olderVersion({
      differs: 'there is one number.',
      schema: z.strictObject({ one: z.int(), note: z.string().optional() }),
      upcast: ({ one, ...rest }) => ({ ...rest, all: [one] }),
    }),
  ],
};
const [bare] = eventsOf(idOf('organization'), [[type, {}]]) as [RegistryEvent];
const noted = (version: number, data: object): RegistryEvent => ({
  ...bare,
  dataschema: schemaAddress('registry.test', type, version),
  data,
});

describe('an event that is read', () => {
  it('is in the current version, by every upcast from its own on', () => {
    for (const [version, data] of [[1, { text: '7' }] as const, [2, { one: 7 }] as const]) {
      const read = upcastEvent(definition, noted(version, data));
      expect([read.data, read.dataschema]).toEqual([{ all: [7] }, schemaAddress('registry.test', type, 3)]);
    }
  });
  it('is the same event otherwise, and the same when it was recorded in the current version', () => {
    const event = noted(1, { text: '7' });
    const { older: _, ...read } = upcastEvent(definition, event);
    expect(read).toEqual({ ...event, data: read.data, dataschema: read.dataschema });
    expect(event.data).toEqual({ text: '7' });
    const current = noted(3, { all: [7] });
    expect(upcastEvent(definition, current)).toBe(current);
  });
  it('is read once: reading it again changes nothing', () => {
    const read = upcastEvent(definition, noted(1, { text: '7' }));
    expect(upcastEvent(definition, read)).toBe(read);
  });
  it.each([0, 4, Number.NaN])('is not guessed at when it is of version %s, which nobody knows', (version) => {
    expect(() => upcastEvent(definition, noted(version, {}))).toThrow('does not know');
  });
});

describe('a patch of an event', () => {
  const patches = (version: number, data: object, ...all: [set: object, of?: number][]) =>
    all.reduce<ReadEvent>(
      (event, [set, of]) => patchEvent(definition, event, set, of),
      upcastEvent(definition, noted(version, data)),
    ).data;

  it('that names no version is of the version that the event was recorded in', () => {
    expect(patches(1, { text: '7' }, [{ text: '8' }])).toEqual({ all: [8] });
    expect(patches(2, { one: 7 }, [{ one: 8 }], [{ note: 'x' }])).toEqual({ all: [8], note: 'x' });
    expect(patches(3, { all: [7] }, [{ all: [7, 8] }])).toEqual({ all: [7, 8] });
  });
  it('that names a later version is of the data as they were read then', () => {
    expect(patches(1, { text: '7' }, [{ all: [7, 8] }, 3])).toEqual({ all: [7, 8] });
    expect(patches(1, { text: '7' }, [{ text: '8', note: 'x' }], [{ one: 9 }, 2], [{ note: null }, 3])).toEqual({
      all: [9],
    });
  });
  it('of a version that the data have left, or that nobody knows, does not fit', () => {
    expect(() => patches(1, { text: '7' }, [{ one: 8 }, 2], [{ text: '9' }])).toThrow('does not fit');
    expect(() => patches(1, { text: '7' }, [{ one: 8 }, 4])).toThrow('does not fit');
    expect(() => patches(3, { all: [7] }, [{ all: [] }, 4])).toThrow('does not fit');
  });

  const ofVersion = [
    fc.record({ text: fc.nat().map(String) }),
    fc.record({ one: fc.nat() }),
    fc.record({ all: fc.array(fc.nat()) }),
  ];
  it('leaves what it would have left had it been made on data that were always of its version', () => {
    const history = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }).chain((versions) => {
      const inOrder = versions.toSorted();
      return fc.tuple(fc.constant(inOrder), fc.tuple(...inOrder.map((at) => ofVersion[at] as fc.Arbitrary<object>)));
    });
    fc.assert(
      fc.property(history, ([versions, [first, ...sets]]) => {
        const [start = 0, ...rest] = versions;
        const read = patches(
          start + 1,
          first as object,
          ...sets.map((set, index): [object, number] => [set, (rest[index] ?? 0) + 1]),
        );
        // Step by step as each release had it: patched, and upcast when the next version came.
        const lift = (data: object, from: number, to: number) =>
          (definition.older ?? []).slice(from, to).reduce((one, { upcast: next }) => next(one), data);
        let [data, at] = [first as object, start];
        for (const [index, set] of sets.entries()) {
          const to = rest[index] ?? 0;
          data = mergePatch(lift(data, at, to), set) as object;
          at = to;
        }
        expect(read).toEqual(lift(data, at, 2));
      }),
    );
  });
});

describe('a correction of an event that was recorded in an older version', () => {
  const names = [{ value: 'Centre', lang: 'en' }];
  const facts: Fact[] = [['organization.registered', { kind: 'centre', names, operation: { status: 'planned' } }]];
  const corrected = (set: object, more: object = {}): Fact => [
    'organization.corrected',
    { corrects: 1, set, reason: 'translation', ...more },
  ];
  /** The record of a centre that was registered in version 1, and then corrected so. */
  function centre(...corrections: Fact[]): FoldedRecord {
    const events = eventsOf(idOf('organization'), [...facts, ...corrections]).map((event) =>
      event.type === 'organization.registered'
        ? { ...event, dataschema: schemaAddress(event.source, event.type, 1) }
        : event,
    );
    return fold(aggregateByName('organization'), events.map(upcast)) as FoldedRecord;
  }
  const before = corrected({ operation: { status: 'planned-or-under-construction' } });
  const since = corrected({ operation: { oneOf: ['under-construction', 'operating'] } }, { schemaVersion: 2 });

  it('is applied in the terms in which it was made', () => {
    expect(centre().state).toMatchObject({ operation: { oneOf: ['planned'] } });
    expect(centre(before).state).toMatchObject({ operation: { oneOf: ['planned', 'under-construction'] } });
    expect(centre(since).state).toMatchObject({ operation: { oneOf: ['under-construction', 'operating'] } });
    expect(centre(before, since).state).toMatchObject({ operation: { oneOf: ['under-construction', 'operating'] } });
    expect(centre(before, since).events[0]?.data).toEqual({
      kind: 'centre',
      names,
      evidence,
      speaksAs: 'other',
      operation: { oneOf: ['under-construction', 'operating'] },
    });
  });
  it('leaves data that the current schema takes', () => {
    for (const record of [centre(), centre(before), centre(since), centre(before, since)]) {
      expect(definitionOf('organization.registered').schema.safeParse(record.events[0]?.data).success).toBe(true);
    }
  });
  it('is not the submitter’s to say the terms of', () => {
    given([['organization.registered', { kind: 'centre', names }]])
      .when('correct-organization', { corrects: 1, set: { country: 'CN' }, reason: 'clerical', schemaVersion: 2 })
      .thenRefused('unknown-field', '/schemaVersion');
  });
});
