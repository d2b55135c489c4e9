import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isCompatible } from '../../../infra/local/engine/find.ts';

test('a later version of dynoxide is taken as long as it is of the same major version', () => {
  const taken = ['1.2.0', '1.2.1', '1.2.10', '1.3.0', '2.0.0', '0.9.9', '1.0.9'].filter((one) =>
    isCompatible(one, '1.2.1'),
  );
  expect(taken).toEqual(['1.2.1', '1.2.10', '1.3.0']);
});

test('a start names no place that only some platforms have', () => {
  const files = globSync(['infra/local/**/*.{ts,mjs}', 'clients/cli/{bin.mjs,main.ts,token.ts}']);
  const named = files.filter((file) =>
    /['"`]\/(bin|dev|etc|proc|tmp|usr|var)\b|\.pathname\b/.test(readFileSync(file, 'utf8')),
  );
  expect([files.length > 40, named]).toEqual([true, []]);
});
