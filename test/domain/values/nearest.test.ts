import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { didYouMean, editsBetween, nearestOf } from '../../../domain/values/nearest.ts';

const commands = ['sign-agreement', 'resign', 'register-agreement', 'suspend-agreement', 'suspend-membership', 'admit'];

describe('the words that are meant', () => {
  it('counts what is inserted, deleted, replaced and swapped', () => {
    expect(editsBetween('', 'abc')).toBe(3);
    expect(editsBetween('mou', 'mous')).toBe(1);
    expect(editsBetween('sing', 'sign')).toBe(1);
    expect(editsBetween('kitten', 'sitting')).toBe(3);
    expect(editsBetween('agreement.signde', 'agreement.signed')).toBe(1);
  });

  it('measures a distance: the same both ways, and 0 for the same word alone', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(editsBetween(one, other)).toBe(editsBetween(other, one));
        expect(editsBetween(one, other) === 0).toBe(one === other);
        expect(editsBetween(one, other)).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(editsBetween(one, other)).toBeGreaterThanOrEqual(Math.abs(one.length - other.length));
      }),
    );
  });

  it('asks for what is like the given word, in any case, and for nothing else', () => {
    expect(didYouMean('sing', ['sign', 'amend'])).toBe('; did you mean sign?');
    expect(didYouMean('minposition', ['minPosition', 'limit'])).toBe('; did you mean minPosition?');
    expect(didYouMean('trae', ['memorandum', 'trade'])).toBe('; did you mean trade?');
    expect(didYouMean('xyz', ['memorandum', 'trade'])).toBe('');
    expect(didYouMean('anything', [])).toBe('');
    expect(didYouMean('organisation', ['organization'])).toBe('; did you mean organization?');
  });

  it('takes for near what the given word may be short for', () => {
    expect(didYouMean('mou', ['memorandum', 'cooperation'])).toBe('; did you mean memorandum?');
    expect(nearestOf('suspend', commands, 2)).toEqual(['suspend-agreement', 'suspend-membership']);
    expect(nearestOf('sign', commands, 1)).toEqual(['sign-agreement']);
  });

  it('names as many as are asked for, however far they are, each once', () => {
    expect(nearestOf('sing-agreement', [...commands, ...commands], 3)).toEqual([
      'sign-agreement',
      'suspend-agreement',
      'register-agreement',
    ]);
  });

  it('compares no word that is too long', () => {
    expect(nearestOf('s'.repeat(65), commands, 3)).toEqual([]);
    expect(didYouMean('s'.repeat(1_000_000), commands)).toBe('');
  });
});
