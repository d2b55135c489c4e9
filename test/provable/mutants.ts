import { records } from '../../domain/projections/records.ts';
import { noteOf, publishedLog, sha256 } from '../clients/support/published.ts';
import { type MadeAnswer, type MadeRow, madeOpening, madeRoot, madeRowsProof, madeStatement } from './made.ts';

/** What a registry answers to a raw opening, and what whoever asks knows beside it. */
export interface ProvenOpening {
  readonly vkey: string;
  readonly model: string;
  /** A query string such as `partition=timeline&limit=5`. */
  readonly question: string;
  readonly answer: MadeAnswer;
  /** The rows' proof. */
  readonly rows: string;
  /** The exact entry of the statement. */
  readonly statement: string;
  /** Its tlog-proof. */
  readonly log: string;
  /** The position of a statement that is known. */
  readonly seen?: number;
  /** A checkpoint that is known. */
  readonly note?: string;
}

export const wholeProof = ({ rows, statement, log }: ProvenOpening): string => [rows, statement, log].join('\n\n');

const { revision } = records;
export const MODEL = `records@${revision}`;
export const OTHER = `records@${revision - 1}`;
export const PAGE = 'partition=timeline&limit=5';
export const PARTITIONS = ['list/agreements/organization/organization-aaa', 'record', 'timeline', 'word/钻石'] as const;
export const rows: readonly MadeRow[] = Array.from({ length: 120 }, (_, at): MadeRow => {
  const sort = `${String((at * 7919) % 1000).padStart(4, '0')}/${at % 3 === 0 ? 'é"\\' : 'a'}`;
  return [PARTITIONS[at % 4] as string, sort, `{"n":${at}}`];
});
const stated = { name: 'records', revision, position: 300, rows: rows.length, root: madeRoot(rows) };
const earlier = { ...stated, position: 150, rows: rows.length - 1, root: madeRoot(rows.slice(0, -1)) };
const others = rows.map(([partition, sort], at): MadeRow => [partition, sort, `{"n":${at},"other":true}`]);
const entries = Array.from({ length: 301 }, (_, at) => `{"at":${at}}`);
const log = publishedLog([
  ...entries.with(160, madeStatement([earlier])),
  madeStatement([{ ...stated, revision: revision - 1, root: madeRoot(others) }, stated], 2),
  madeStatement([{ ...stated, rows: 0, root: madeRoot([]) }], 3),
]);
const [EARLIER, LATER] = [160, 301];
/** The position of a statement of no rows. */
export const EMPTIED = 302;

/** What an honest registry answers. */
export async function honestOpening(question: string, of = rows, index = LATER): Promise<ProvenOpening> {
  const { answer, shown } = madeOpening(of, question);
  const statement = log.events[index] as string;
  const proof = madeRowsProof(MODEL, of, shown);
  return { vkey: log.signer.vkey, model: MODEL, question, answer, rows: proof, statement, log: await log.proof(index) };
}

type AnsweredRows = NonNullable<MadeAnswer['rows']>;
const page = () => honestOpening(PAGE);
const answering = (change: (rows: AnsweredRows) => AnsweredRows) => async (): Promise<ProvenOpening> => {
  const honest = await page();
  return { ...honest, answer: { ...honest.answer, rows: change(honest.answer.rows ?? []) } };
};
const without = (at: number) => answering((answered) => answered.toSpliced(at, 1));
const showing = (change: (lines: string[]) => string[]) => async (): Promise<ProvenOpening> => {
  const honest = await page();
  return { ...honest, rows: change(honest.rows.split('\n')).join('\n') };
};
const lineOf = (lines: readonly string[], kind: string, at: number) =>
  lines.indexOf(lines.filter((line) => line.startsWith(kind)).at(at) as string);

export const mutants = {
  'the first row is left out': without(0),
  'a row in the middle is left out': without(2),
  'the last row is left out': without(4),
  'a row is added': answering((answered) => [...answered, ['0001/a', { n: 1000 }]]),
  'a row is altered': answering((answered) => answered.with(1, [answered[1]?.[0] ?? '', { n: 1000 }])),
  'a row is hidden behind its true hash': showing((lines) => {
    const at = lineOf(lines, 'R', 3);
    const [, joins = '', key = '', value = ''] = /^R(\d*) (\["[^{]*"),(.*)\]$/.exec(lines[at] ?? '') ?? [];
    return lines.with(at, `K${joins} ${key}] ${Buffer.from(sha256(Buffer.from(value))).toString('base64')}`);
  }),
  'the next page is cut off': async () => ({ ...(await page()), answer: { ...(await page()).answer, more: false } }),
  'a total is false': async () => ({ ...(await honestOpening('partition=record&count')), answer: { count: 29 } }),
  'the statement is old': async () => ({ ...(await honestOpening(PAGE, rows.slice(0, -1), EARLIER)), seen: LATER }),
  'another revision is shown': async () => {
    const other = await honestOpening(PAGE, others);
    return { ...other, rows: other.rows.replace(MODEL, OTHER) };
  },
  'the root is a foreign one': async () => ({
    ...(await honestOpening(PAGE, others)),
    statement: madeStatement([{ ...stated, root: madeRoot(others) }], 2),
  }),
  'the checkpoint is forked': async () => ({
    ...(await page()),
    note: noteOf(log.signer, log.events.length, sha256(Buffer.from('another tree'))),
  }),
  'a neighbour is altered': showing((lines) => {
    const at = lineOf(lines, 'K', -1);
    return lines.with(at, (lines[at] as string).replace('word', 'wore'));
  }),
} satisfies Record<string, () => Promise<ProvenOpening>>;
