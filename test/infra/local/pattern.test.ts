import { expect, test } from 'vitest';
import { compilePattern } from '../../../infra/local/pattern.ts';

const sealed = { source: 'localhost/abc', 'detail-type': 'log.sealed', detail: { from: 3, to: 7, tags: ['a', 'b'] } };

test.each([
  ['a listed value', { source: ['localhost/abc'], 'detail-type': ['log.opened', 'log.sealed'] }],
  ['a number inside the detail', { detail: { from: [3] } }],
  ['one value of an array', { detail: { tags: ['b', 'c'] } }],
  ['a prefix', { source: [{ prefix: 'localhost/' }] }],
  ['a field that exists', { detail: { to: [{ exists: true }] } }],
  ['a field that does not exist', { detail: { position: [{ exists: false }] } }],
])('matches %s', (_, pattern) => {
  expect(compilePattern(pattern)(sealed)).toBe(true);
});

test.each([
  ['another value', { 'detail-type': ['agreement.signed'] }],
  ['a number written as text', { detail: { from: ['3'] } }],
  ['one field of two', { source: ['localhost/abc'], 'detail-type': ['agreement.signed'] }],
  ['a field that is not there', { account: ['1'] }],
  ['a field that every object inherits', { constructor: [{ exists: true }] }],
  ['another prefix', { source: [{ prefix: 'example' }] }],
])('does not match %s', (_, pattern) => {
  expect(compilePattern(pattern)(sealed)).toBe(false);
});

test.each([
  ['an operator that it does not know', { source: [{ wildcard: 'local*' }] }],
  ['a known operator with an operand that it does not know', { source: [{ prefix: { 'equals-ignore-case': 'x' } }] }],
  ['an alternative of fields', { $or: [{ source: ['a'] }, { source: ['b'] }] }],
  ['a value outside an array', { source: 'localhost/abc' }],
])('refuses %s when the pattern is read', (_, pattern) => {
  expect(() => compilePattern(pattern)).toThrow();
});
