import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { problems } from '../../domain/problems.ts';

const read = (pattern: string, except: readonly string[] = []) =>
  globSync(pattern)
    .filter((file) => !except.includes(file.replaceAll('\\', '/')))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

/** The rules that code under `domain/` names: those that deciders and values refuse by. */
const ruling = read('domain/**/*.ts', ['domain/problems.ts']);
const rules = Object.keys(problems).filter((slug) => ruling.includes(`'${slug}'`));

/**
 * The rules of reservations are broken only where reservation streams are read, and the caps of a transaction only where
 * it is written: in the commands function.
 */
const elsewhere = ['identifier-taken', 'conferred-already', 'cap-actions'];

describe('every rule of the domain', () => {
  // A test names the rule that it breaks: `thenRefused('last-name', …)`, or with its place, `'last-name /name'`.
  const tests = read('test/domain/**/*.test.ts', ['test/domain/every-rule.test.ts']);
  const broken = new Set([...tests.matchAll(/'([a-z]+(?:-[a-z]+)+)(?: \/[^']*)?'/g)].map(([, slug]) => slug));

  it('has a test that breaks it', () => {
    expect(rules.filter((slug) => !broken.has(slug) && !elsewhere.includes(slug))).toEqual([]);
  });
  it('is counted: the search finds rules', () => {
    expect(rules.length).toBeGreaterThan(25);
    expect(rules).toContain('last-name');
  });
});
