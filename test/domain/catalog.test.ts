import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { aggregates, commandsByName, definitionOf, eventDefinitions, isAggregate } from '../../domain/catalog.ts';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { isRule, problems } from '../../domain/problems.ts';
import { definitionsOnAnyRecord } from '../../domain/record/events.ts';
import { isFreeText, wordsOf } from '../../domain/values/text.ts';
import { idOf } from '../support/decider.ts';

const kebab = /^[a-z]+(-[a-z]+)*$/;
const definitions = [...commandsByName.values()].map(({ definition }) => definition);

/** The examples write `#bank` where an id stands: with ids of whatever aggregates in their places, in every combination. */
function withIds(example: object): unknown[] {
  const text = JSON.stringify(example);
  const names = [...new Set(text.match(/"#[a-z][a-z-]*"/g))];
  const put = (all: string[], name: string) =>
    all.flatMap((one) => aggregates.map((aggregate) => one.replaceAll(name, `"${idOf(aggregate.name, name[2])}"`)));
  return names.reduce(put, [text]).map((one) => JSON.parse(one));
}

/** Every schema within a schema that takes strings. */
function stringsIn(schema: z.core.$ZodType, seen = new Set<z.core.$ZodType>()): z.core.$ZodType[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = Object.values(def).flatMap((value) =>
    [value, ...(typeof value === 'object' && value !== null ? Object.values(value) : [])].filter(
      (one): one is z.core.$ZodType => typeof one === 'object' && one !== null && '_zod' in one && 'def' in one,
    ),
  );
  // What is marked is so with all that is inside of it.
  const within = isFreeText(schema) ? [] : inner.flatMap((one) => stringsIn(one, seen));
  return isFreeText(schema) || def.type === 'string' ? [schema] : within;
}

describe('the catalog', () => {
  it('lists every command under one name', () => {
    expect(commandsByName.size).toBe(aggregates.flatMap(({ commands }) => commands).length);
    for (const name of commandsByName.keys()) expect(name).toMatch(kebab);
  });
  it('gives aggregates names, collections and letters of their own', () => {
    for (const key of ['name', 'collection', 'letter'] as const) {
      const values = aggregates.map((aggregate) => aggregate[key]);
      expect(new Set(values).size).toBe(values.length);
    }
    for (const { name, collection, letter } of aggregates) {
      expect(name).toMatch(kebab);
      expect(collection).toMatch(kebab);
      expect(letter).toMatch(/^[A-Z]$/);
      expect(isAggregate(name)).toBe(true);
    }
  });
  it('gives each aggregate one command that its collection means by default, and acts paths of their own', () => {
    for (const { commands } of aggregates) {
      const openers = commands.filter(({ act }) => act === undefined);
      expect(openers.filter((command) => command.default)).toHaveLength(1);
      const acts = commands.flatMap(({ act }) => act ?? []);
      expect(new Set(acts).size).toBe(acts.length);
      for (const act of acts) expect(act).toMatch(kebab);
      expect(commands.filter((command) => command.act !== undefined && command.default)).toEqual([]);
    }
  });

  it.each(definitions)('shows an example of $name that validates', ({ schema, example, summary }) => {
    expect(withIds(example).some((one) => schema.safeParse(one).success)).toBe(true);
    expect(summary).not.toBe('');
  });
  it.each(definitions)('knows no field of $name that it would let pass unseen', ({ schema, example }) => {
    expect(faultsOf(schema.safeParse({ ...example, unheardOf: 1 }).error?.issues ?? [], '')).toContainEqual(
      expect.objectContaining({ rule: 'unknown-field', pointer: '/unheardOf' }),
    );
  });
  it.each(definitions)('finds faults in whatever is sent as $name, and never throws', ({ schema, example }) => {
    const keys = [...Object.keys((schema as z.ZodObject).shape), '__proto__', 'constructor'];
    const part = fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), { requiredKeys: [] });
    const json = fc.oneof(
      fc.jsonValue(),
      part,
      part.map((parts) => ({ ...example, ...parts })),
    );
    fc.assert(
      fc.property(json, (value) => {
        const parsed = parsedBy(schema, value);
        if (!parsed.success) expect(faultsOf(parsed.error.issues, '').every(({ rule }) => isRule(rule))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(definitions)('finds a fault in a length that cannot be compared, sent as $name', ({ schema, example }) => {
    // The patch of a correction may be any JSON: its event's schema judges what it leaves.
    for (const key of Object.keys((schema as z.ZodObject).shape).filter((one) => one !== 'set')) {
      const parsed = parsedBy(schema, { ...example, [key]: { length: { toString: 0 } } });
      expect(parsed.success ? [] : faultsOf(parsed.error.issues, ''), key).not.toEqual([]);
    }
  });
  it.each(definitions)('marks every string of $name that takes any words', ({ schema }) => {
    const strings = stringsIn(schema);
    const anyWords = strings.filter((one) => ['Chen Example', '陈'].some((words) => z.safeParse(one, words).success));
    expect(anyWords.length).toBeGreaterThan(0);
    expect(anyWords.filter((one) => wordsOf(one) === undefined)).toEqual([]);
  });

  it.each(eventDefinitions)('says what $type means, and has its schema', ({ type, version, meaning, schema }) => {
    expect(type).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(version).toBeGreaterThanOrEqual(1);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).toMatchObject({
      type: 'object',
      additionalProperties: false,
    });
    expect(definitionOf(type).schema).toBe(schema);
  });
  it('lists every event type once, under its own aggregate', () => {
    expect(new Set(eventDefinitions.map(({ type }) => type)).size).toBe(eventDefinitions.length);
    for (const { name, events } of aggregates) {
      for (const { type } of events) expect(type.startsWith(`${name}.`)).toBe(true);
    }
  });
  it.each(aggregates)('has a command that judges each event of $name, also when it is corrected', (aggregate) => {
    const { commands, events } = aggregate;
    const judged = new Set(commands.map(({ records }) => records));
    for (const { type, joint, due } of events) if (!joint && !due) expect(judged).toContain(type);
    const own = [...events, ...definitionsOnAnyRecord(aggregate)].map(({ type }) => type);
    expect(own).toEqual(expect.arrayContaining([...judged]));
  });
  it('throws on a type that it does not have: that is a bug', () => {
    expect(() => definitionOf('organization.renamed')).toThrow('no event type');
  });

  it.each(Object.entries(problems))('says how to mend %s', (slug, { status, title, mend }) => {
    expect(slug).toMatch(kebab);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).not.toBe('');
    expect(mend).toMatch(/\.$/);
  });
});
