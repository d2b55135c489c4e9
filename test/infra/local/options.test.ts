import { expect, test } from 'vitest';
import { readOptions } from '../../../infra/local/options.ts';

test('listens on port 3000 and loads examples unless told otherwise', () => {
  expect(readOptions([])).toEqual({ port: 3000, memory: false, empty: false, help: false });
  expect(readOptions(['--port', '0', '--data', 'x', '--empty'])).toMatchObject({ port: 0, data: 'x', empty: true });
});

test.each([
  [['--port', 'http'], /--port takes a number/],
  [['--port', '70000'], /--port takes a number/],
  [['--data', ''], /--data takes the path/],
  [['--data', 'x', '--memory'], /exclude each other/],
  [['--prot', '1'], /--prot/],
  [['3000'], /3000/],
])('explains what is wrong with %j', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
  expect(() => readOptions(args)).toThrow(/--memory +keep nothing/);
});
