import type { ShortName } from '../../answers/parts.ts';
import type { FoldedRecord } from '../../kernel/aggregate.ts';
import type { Identifier } from '../../organization/identifiers.ts';
import { listedNames } from '../../record/held.ts';
import { indexFieldsOf } from '../../record/record.ts';
import type { Name } from '../../values/names.ts';
import type { Projection, Row, SealedRecord } from '../projection.ts';
import { shortName } from '../records.ts';
import { groupsOf, identifierPartition, signsOfIdentifier, sortOf, startsOf, wordPartition } from './keys.ts';
import { nameWords } from './words.ts';

/** One name of a record, as each of its rows tells it. */
export interface NameRow {
  /** The record that bears it: of one that was merged, the one that it is now. */
  readonly id: string;
  readonly name: ShortName;
  /** Whether the record no longer bears it. */
  readonly former?: true;
  /** The record that was merged and bore it. */
  readonly mergedFrom?: string;
}

export interface IdentifierRow extends Omit<NameRow, 'name'> {
  readonly identifier: Pick<Identifier, 'scheme' | 'value'> & { readonly issuer?: string };
}

/** Names of a record that are found: what it bears, then what it bore last. */
const NAMES = 60;

interface Borne {
  readonly name: Name;
  readonly former?: true;
}

/** What a record is and was called, each wording once. */
function namesOf(record: FoldedRecord): Map<string, Borne> {
  const { names, formerNames = [] } = indexFieldsOf(record);
  const now = listedNames(record);
  const over = [...names.filter((name) => !now.includes(name)), ...formerNames.toReversed()];
  const former = over.map((name): Borne => ({ name, former: true }));
  const all = [...now.map((name): Borne => ({ name })), ...former].slice(0, NAMES);
  return new Map(all.toReversed().map((borne) => [textOf(borne.name), borne]));
}

const textOf = ({ value }: Name): string =>
  nameWords(value)
    .map(({ text }) => text)
    .join(' ');

function nameRows(record: FoldedRecord): Row[] {
  const { id, aggregate } = record;
  const { kind, mergedInto } = indexFieldsOf(record);
  const groups = groupsOf(aggregate.collection, kind, mergedInto !== undefined);
  const isTitle = aggregate.collection === 'agreements';
  return [...namesOf(record)].flatMap(([text, { name, former }]) => {
    const value: NameRow = { ...whose(id, mergedInto), name: shortName(name), ...(former && { former }) };
    return startsOf(nameWords(name.value), { isTitle }).flatMap((start) =>
      groups.map((group) => ({
        partition: wordPartition(group, start.text),
        sort: sortOf(start, text, id),
        value,
      })),
    );
  });
}

const whose = (id: string, mergedInto: string | undefined): Pick<NameRow, 'id' | 'mergedFrom'> =>
  mergedInto === undefined ? { id } : { id: mergedInto, mergedFrom: id };

interface Identified {
  readonly identifiers?: readonly Identifier[];
  readonly formerIdentifiers?: readonly Identifier[];
}

function identifierRows(record: FoldedRecord): Row[] {
  const { id, state } = record;
  const { identifiers = [], formerIdentifiers = [] } = state as Identified;
  const { mergedInto } = indexFieldsOf(record);
  const rowOf = (identifier: Identifier, former?: true): [string, Row] => {
    const { scheme, value } = identifier;
    const issuer = scheme === 'other' ? identifier.issuer : undefined;
    const row: IdentifierRow = {
      ...whose(id, mergedInto),
      identifier: { scheme, value, ...(issuer === undefined ? {} : { issuer }) },
      ...(former && { former }),
    };
    const signs = [...signsOfIdentifier(value)].slice(0, 100).join('');
    return [signs, { partition: identifierPartition(signs), sort: `${signs}/${id}`, value: row }];
  };
  const all = [
    ...formerIdentifiers.slice(-NAMES).map((one) => rowOf(one, true)),
    ...identifiers.slice(0, NAMES).map((one) => rowOf(one)),
  ];
  return [...new Map(all).entries()].flatMap(([signs, row]) => (signs === '' ? [] : [row]));
}

function rows({ record }: SealedRecord): Row[] {
  return [...(record.isRetracted ? [] : nameRows(record)), ...identifierRows(record)];
}

/** Every name of every record by each of its words, and every identifier. Of what is retracted, the identifiers alone. */
export const search: Projection = { name: 'search', revision: 1, rows };
