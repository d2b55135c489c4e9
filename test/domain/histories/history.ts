import fc from 'fast-check';
import { type Fact, idOf } from '../../support/decider.ts';

/** A command as a history makes it: its name and its data, but for the evidence. */
export type Command = readonly [name: string, data: object];

/** What histories of one aggregate are made of; each file beside this one, named like its aggregate, exports it. */
export interface Histories {
  readonly opening: fc.Arbitrary<Command>;
  readonly act: fc.Arbitrary<Command>;
  /** Records that the commands refer to, besides the organizations `a` to `z`. */
  readonly beside?: Readonly<Record<string, readonly Fact[]>>;
  /** What tells two facts of one day apart besides their command, such as the party that acts. */
  readonly about?: (data: object) => string;
}

export const letters = [...'bcdefg'];
export const organizations = letters.map((letter) => idOf('organization', letter));
export const someOrganization = fc.constantFrom(...organizations);

export const date = fc.constantFrom(
  undefined,
  '2023',
  '2023-02',
  '2023-02-23',
  '2023-02-23?',
  '2023~',
  '2023-02-23/..',
  '../2024',
  '2024-01-31',
);

/** Days before, at, between and after those of `date`. */
export const days = [
  '2022-12-31',
  '2023-01-01',
  '2023-02-22',
  '2023-02-23',
  '2023-02-24',
  '2024-01-31',
  '2024-02-01',
  '2030-01-01',
];

/** The data with a date, or with none. */
export const dated = <Data extends object>(data: fc.Arbitrary<Data>, field = 'on'): fc.Arbitrary<Data> =>
  fc.tuple(data, date).map(([rest, on]) => (on === undefined ? rest : { ...rest, [field]: on }));

/** One command with such data. */
export const commandOf = (name: string, data: fc.Arbitrary<object> = fc.constant({})): fc.Arbitrary<Command> =>
  data.map((some): Command => [name, some]);

/** One command with such data and a date, or none. */
export const datedCommand = (name: string, data: fc.Arbitrary<object> = fc.constant({})): fc.Arbitrary<Command> =>
  commandOf(name, dated(data));
