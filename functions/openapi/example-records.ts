import { aggregates } from '../../domain/catalog.ts';
import type { CommandDefinition } from '../../domain/kernel/aggregate.ts';

/** A record that examples name. */
export interface ExampleRecord {
  readonly id: string;
  /** Its name in `examples/`, where the files there register it: ids follow from client and key, so they never differ. */
  readonly as?: string;
}

/**
 * The records that the `#names` in the catalog's examples stand for: those that `npm start` loads into an empty registry,
 * so that what the document shows can be tried out. The name of an aggregate is the record in the example of a path.
 */
export const exampleRecords: Readonly<Record<string, ExampleRecord>> = {
  // A well-formed id where `examples/` hold no record of the aggregate.
  ...Object.fromEntries(aggregates.map(({ name }) => [name, { id: `${name}-exampleexampleexampleexamp` }])),
  organization: { as: 'org-ndc', id: 'organization-knf7dx33enb6p4opfpd3qokqrh' },
  exchange: { as: 'org-gzde', id: 'organization-r346zjbzh2adq2h3rq7dsqoxx3' },
  'other-exchange': { as: 'org-gdgje', id: 'organization-pgn77y42oelajiqiuj3aomjmjz' },
  bank: { as: 'org-spdb-panyu', id: 'organization-ly4dtvrxtmjykkysjxcpoqypwk' },
  company: { as: 'org-aiying', id: 'organization-z2svhqztiockie7qhytwk3cefy' },
  group: { as: 'org-gth', id: 'organization-sx2jymaopjd4pcpqwnlhnknulu' },
  association: { as: 'org-gac', id: 'organization-4hpax7iaka3rwipre4s3etazwf' },
  body: { as: 'org-wfdb', id: 'organization-c57rmjixjw447uq4fepmtr4cxj' },
  centre: { as: 'org-natcentre', id: 'organization-e6risdy3fxpyy7gut3chogza5s' },
  ceremony: { as: 'cer-sign', id: 'ceremony-sfcu4eaphxtotnsa6t32r4ae6z' },
  agreement: { as: 'agr-1', id: 'agreement-emncvtorqqeccumhtywgiacqbc' },
  // The id follows from body and organization: the record that the example of `admit` opens.
  membership: { id: 'membership-x6hbyvxwpxxjffjkfclk536ti2' },
  cohort: { as: 'coh-1', id: 'cohort-37j7uyv22utpq4sypjyydkxwyk' },
  'award-programme': { as: 'awp-1', id: 'award-programme-k3p6nrgj5ebmvxmrijz36p6jkl' },
  programme: { as: 'awp-1', id: 'award-programme-k3p6nrgj5ebmvxmrijz36p6jkl' },
  launch: { as: 'lau-1', id: 'launch-6xmenctglvuccjn4cvx5y4w5m4' },
};

const isName = /^#[A-Za-z0-9]/;

/** The names in an example, each once. */
export function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return isName.test(value) ? [value.slice(1)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(namesIn))];
}

/** A value with ids in place of `#names`, as far as `idOf` knows them. */
export function withExampleIds<Value>(value: Value, idOf: (name: string) => string | undefined): Value {
  if (typeof value === 'string') return ((isName.test(value) && idOf(value.slice(1))) || value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withExampleIds(item, idOf)) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withExampleIds(item, idOf)])) as Value;
}

/** The example of a command as somebody would send it. */
export const exampleOf = ({ example }: Pick<CommandDefinition, 'example'>): object =>
  withExampleIds(example, (name) => exampleRecords[name]?.id);
