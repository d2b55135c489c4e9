import { applyCommits, type SealedRecord } from '../../domain/projections/projection.ts';
import { summaryOf } from '../../domain/projections/records.ts';
import { search } from '../../domain/projections/search/search.ts';
import { type SearchAsked, searched } from '../../domain/reading/search.ts';
import { eventsOf, type Fact } from './decider.ts';
import { rowsInMemory } from './rows-in-memory.ts';

/** A name as tests write it: `GZDE@en`. */
export const nameOf = (text: string) => {
  const [value = '', lang = 'en'] = text.split('@');
  return { value, lang };
};

const DIGITS = 'abcdefghijklmnopqrstuvwxyz234567';

/** An id made of a number. */
export const numberedId = (aggregate: string, number: number): string => {
  const digits = number.toString(32).padStart(26, '0');
  return `${aggregate}-${[...digits].map((digit) => DIGITS[Number.parseInt(digit, 32)]).join('')}`;
};

/** A register in memory that tests fill and search. */
export function searchable() {
  const facts = new Map<string, Fact[]>();
  const add = (aggregate: string, type: string, data: object): string => {
    const id = numberedId(aggregate, facts.size);
    facts.set(id, [[`${aggregate}.${type}`, data]]);
    return id;
  };
  const organization = (names: readonly string[], data: object = {}): string =>
    add('organization', 'registered', { kind: 'company', names: names.map(nameOf), ...data });
  const titled = (title: string, kind = 'cooperation'): string =>
    add('agreement', 'registered', {
      kind,
      titles: [nameOf(title)],
      parties: [{ organization: numberedId('organization', 0) }, { organization: numberedId('organization', 1) }],
    });
  const happened = (id: string, ...more: Fact[]): void => void facts.get(id)?.push(...more);

  function opened() {
    const sealed = new Map(
      [...facts].map(([id, all], place) => {
        const events = eventsOf(id, all);
        return [id, applyCommits(undefined, [{ events, position: place * 10 }]) as SealedRecord];
      }),
    );
    const { reader, counted } = rowsInMemory(search, [...sealed.values()]);
    const summaries = async (ids: readonly string[]) => {
      counted.rows += ids.length;
      counted.rounds += 1;
      return new Map(
        ids.flatMap((id) => {
          const record = sealed.get(id);
          return record ? [[id, summaryOf(record)] as const] : [];
        }),
      );
    };
    const byNumber = async (number: string) => {
      const found = [...sealed.values()].find((one) => summaryOf(one).number === number);
      return found?.record.id;
    };
    const find = (q: string, more: Partial<SearchAsked> = {}) => {
      Object.assign(counted, { rows: 0, rounds: 0, requests: 0 });
      return searched({ q, limit: 25, ...more }, { rows: reader, summaries, byNumber });
    };
    const ids = async (q: string, more: Partial<SearchAsked> = {}) => (await find(q, more)).items.map(({ id }) => id);
    return { find, ids, counted };
  }
  return { organization, titled, add, happened, opened };
}
