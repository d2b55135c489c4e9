import { expect, it } from 'vitest';
import { UsageError } from '../../../infra/local/options.ts';
import { readDoctorOptions } from '../../../infra/operator/options.ts';

const onAws = [
  '--events-table',
  'e',
  '--log-table',
  'l',
  '--views-table',
  'v',
  '--bucket',
  'b',
  '--origin',
  'o.example',
];

it('takes a registry on this machine, by default the one beside package.json', () => {
  expect(readDoctorOptions([])).toMatchObject({ yes: false, json: false });
  expect(readDoctorOptions(['--data', 'd', '--yes', '--json'])).toMatchObject({ data: 'd', yes: true, json: true });
});

it('takes one on AWS by the names of what it consists of', () => {
  const deployment = { events: 'e', log: 'l', views: 'v', bucket: 'b', origin: 'o.example' };
  expect(readDoctorOptions([...onAws, '--vkey', 'k'])).toMatchObject({ deployment, vkey: 'k' });
});

it.each([
  [['--bucket', 'b'], '--events-table, --log-table, --views-table, --origin are needed too'],
  [onAws.slice(0, -2), '--origin is needed too'],
  [[...onAws, '--data', 'd'], '--data names a registry on this machine'],
  [['--force'], '--force'],
  [['DIR'], 'DIR'],
])('refuses %j and says what would be right', (args, message) => {
  expect(() => readDoctorOptions(args)).toThrow(UsageError);
  expect(() => readDoctorOptions(args)).toThrow(message);
});
