import { seeded } from '../support/scheduler.ts';

/** The API takes bodies of 256 KiB; a little less, so that the rest of a request's cost is met, not its size alone. */
export const BODY_BYTES = 256_000;

/** The API takes 25,000 values in lists of 1,000; a little less, likewise. */
const [LISTS, ITEMS] = [24, 990];

type Path = readonly (string | number)[];

/** What an attack is made with: chance, which the seed alone decides, and ids of records that are dear to read. */
export interface Means {
  readonly random: () => number;
  readonly ids: readonly string[];
}

export const createMeans = (seed: number, ids: readonly string[]): Means => ({ random: seeded(seed), ids });

export const pick = <Item>({ random }: Pick<Means, 'random'>, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Signs that parsers, expressions and comparisons may stumble over when there are very many of them. */
const SIGNS = [
  'a',
  'a ',
  '-',
  '0',
  '#',
  '/',
  '~1',
  '"',
  '\\',
  '\u0001',
  'é',
  'e\u0301',
  '国',
  'ﬁ',
  '\u{1f600}',
  '.',
  '?',
];
const DATES = ['2023-02-23~/2023-02-23?', '../2023-02-23', '0000', '9999-12-31~/..', '2023-02-29', '2023-1-1'];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}

const at = (body: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], body);

/** The body with another value at a place. */
function replaced(body: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(body) ? [...body] : { ...(body as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** How often something of these bytes fits into what is left of the largest body. */
const times = (body: unknown, bytes: number): number =>
  Math.max(1, Math.floor((BODY_BYTES - bytesOf(body)) / Math.max(1, bytes)));

/** A place whose value passes. */
function placeOf(means: Means, body: unknown, passes: (value: unknown) => boolean = () => true): Path {
  const places = pathsIn(body).filter((path) => path.length > 0 && passes(at(body, path)));
  return places.length > 0 ? pick(means, places) : ['unheardOf'];
}

type Attack = (body: object, means: Means) => unknown;

const isList = (value: unknown) => Array.isArray(value) && value.length > 0;
const isText = (value: unknown) => typeof value === 'string';

/** Ways to make a body dear: each takes one that is meant well. */
export const attacks: Readonly<Record<string, Attack>> = {
  'one item very often': (body, means) => {
    const place = placeOf(means, body, isList);
    const item = ((at(body, place) as unknown[] | undefined) ?? [0])[0];
    return replaced(body, place, Array(times(body, bytesOf(item) + 1)).fill(item));
  },
  'many different items': (body, means) => {
    const place = placeOf(means, body, isList);
    const item = JSON.stringify(((at(body, place) as unknown[] | undefined) ?? ['a'])[0]);
    const items = Array.from({ length: times(body, item.length + 8) }, (_, index) =>
      JSON.parse(item.replace(/":"([^"]{0,400})"/, (_all, text) => `":"${text}${index}"`)),
    );
    return replaced(body, place, items);
  },
  'many numbers where items are expected': (body, means) =>
    replaced(
      body,
      placeOf(means, body, isList),
      Array.from({ length: LISTS }, () => Array(ITEMS).fill(0)),
    ),
  'a list of lists of lists': (body, means) => {
    const nested = (depth: number): unknown => (depth === 0 ? 0 : Array(2).fill(nested(depth - 1)));
    return replaced(body, placeOf(means, body), nested(15));
  },
  'nested objects': (body, means) => {
    let inner: unknown = 'x'.repeat(1000);
    for (let depth = 0; depth < 32; depth += 1) inner = { [pick(means, ['source', 'set', 'a', 'party'])]: inner };
    return replaced(body, placeOf(means, body), inner);
  },
  'brackets without end': () => JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`),
  'many unknown members': (body, means) => {
    const place = placeOf(means, body, (value) => typeof value === 'object' && !Array.isArray(value));
    const many = Object.fromEntries(Array.from({ length: times(body, 14) }, (_, index) => [`k${index}`, index % 7]));
    return replaced(body, place, { ...(at(body, place) as object), ...many });
  },
  'many unknown members at the top': (body) => ({
    ...body,
    ...Object.fromEntries(Array.from({ length: times(body, 14) }, (_, index) => [`k${index}`, index % 7])),
  }),
  'a long run of one sign': (body, means) => {
    const sign = pick(means, SIGNS);
    return replaced(body, placeOf(means, body, isText), sign.repeat(times(body, bytesOf(sign) - 2)));
  },
  'a run of one sign in a member’s name': (body, means) => ({
    ...body,
    [pick(means, SIGNS).repeat(60_000)]: { [pick(means, SIGNS).repeat(1000)]: 0 },
  }),
  'names of persons, and texts that nearly hold them': (body) => {
    const text = 'a'.repeat(3_900);
    return {
      ...body,
      signatory: { name: `${'a'.repeat(199)}b` },
      recipient: { person: { name: `${'a '.repeat(99)}b` } },
      notes: Array.from({ length: 20 }, () => ({ text, lang: 'en' })),
      evidence: Array.from({ length: 9 }, () => ({
        source: { title: 'a'.repeat(590), notes: Array.from({ length: 5 }, () => ({ text, lang: 'en' })) },
        basis: 'stated',
      })),
    };
  },
  'references by name': (body, means) =>
    replaced(
      body,
      placeOf(means, body, isList),
      Array.from({ length: times(body, 9) }, (_, index) => `#n${index}`),
    ),
  'references to the dearest records': (body, means) => {
    const place = placeOf(means, body, isList);
    const item = ((at(body, place) as unknown[] | undefined) ?? ['a'])[0];
    const text = JSON.stringify(item);
    const withId = (id: string) => {
      const other = text.replace(/[a-z-]+-[a-z2-7]{26}/, id);
      return other === text ? { organization: id, record: id } : JSON.parse(other);
    };
    return replaced(
      body,
      place,
      Array.from({ length: 250 }, () => withId(pick(means, means.ids))),
    );
  },
  'a patch with very many places': (body, means) => ({
    corrects: 1,
    ...body,
    set: Object.fromEntries(
      Array.from({ length: times(body, 25) }, (_, index) => [
        `/${pick(means, ['names', 'evidence', 'a'])}/${index}`,
        'x',
      ]),
    ),
  }),
  'dates of many signs': (body, means) => {
    const date = pick(means, DATES);
    const isDate = (value: unknown) => isText(value) && /^\d{4}/.test(value as string);
    return replaced(body, placeOf(means, body, isDate), pick(means, [date, date.repeat(10_000)]));
  },
  'values that fit no alternative': (body, means) => {
    const wrong = pick(means, [{}, [], 0, { kind: 'x'.repeat(200) }, { organization: {}, name: [], person: 0 }]);
    const place = placeOf(means, body, isList);
    return replaced(body, place, Array(times(body, bytesOf(wrong) + 1)).fill(wrong));
  },
};

/** The body as it would be sent in earnest, with so many notes in its evidence that it has about as many bytes. */
export function padded(body: object, bytes: number): object {
  const room = Math.max(0, bytes - bytesOf(body));
  if (room < 100) return body;
  const count = Math.ceil(room / 4_050);
  const notes = Array.from({ length: count }, (_, index) => ({
    text: `${index} ${'word '.repeat(Math.max(1, Math.floor((room / count - 60) / 5)))}`.slice(0, 3_990),
    lang: 'en',
  }));
  const pieces = Array.from({ length: Math.ceil(count / 20) }, (_, index) => ({
    source: { title: `Minutes ${index}`, notes: notes.slice(index * 20, (index + 1) * 20) },
    basis: 'stated',
  }));
  return { ...body, evidence: pieces };
}
