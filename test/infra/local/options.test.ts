import { expect, test } from 'vitest';
import { readStartOptions } from '../../../infra/local/options.ts';

test('listens on port 3000 and loads examples unless told otherwise', () => {
  expect(readStartOptions([])).toEqual({
    port: 3000,
    memory: false,
    empty: false,
    statementInterval: 60,
    installEngine: false,
    help: false,
  });
  expect(readStartOptions(['--port', '0', '--data', 'x', '--empty'])).toMatchObject({
    port: 0,
    data: 'x',
    empty: true,
  });
});

test.each([
  [['--port', 'http'], /--port takes a number/],
  [['--port', '70000'], /--port takes a number/],
  [['--data', ''], /--data takes the path/],
  [['--statement-interval', 'often'], /--statement-interval takes a number/],
  [['--data', 'x', '--memory'], /exclude each other/],
  [['--prot', '1'], /--prot/],
  [['3000'], /3000/],
])('explains what is wrong with %j', (args, message) => {
  expect(() => readStartOptions(args)).toThrow(message);
  expect(() => readStartOptions(args)).toThrow(/--memory +keep nothing/);
});
