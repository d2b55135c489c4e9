import { counted } from '../counted.ts';
import { printJson, type Terminal } from '../usage.ts';
import { idsByName, type Names } from './entries.ts';
import { hasReceipt, type LineOutcome } from './outcome.ts';
import type { Refused } from './read-file.ts';

const SAID = {
  recorded: 'recorded',
  there: 'already there',
  would: 'would be recorded',
  refused: 'refused',
  'not-sent': 'not sent',
  unjudged: 'not judged',
  unanswered: 'without an answer',
} as const;
type Verdict = keyof typeof SAID;

const FIELDS: Readonly<Record<Verdict, string>> = {
  recorded: 'recorded',
  there: 'alreadyThere',
  would: 'wouldBeRecorded',
  refused: 'refused',
  'not-sent': 'notSent',
  unjudged: 'notJudged',
  unanswered: 'unanswered',
};
const ALWAYS: readonly Verdict[] = ['recorded', 'there', 'refused', 'not-sent'];

interface Conclusion {
  readonly names: Names;
  readonly isDryRun: boolean;
  readonly interrupted: boolean;
  readonly failure: string | undefined;
}

/** Prints what becomes of commands, one by one, and adds it up. */
export function createReport(terminal: Terminal, json: boolean) {
  const counts = new Map<Verdict, number>();
  const commands: object[] = [];
  const refusals: object[] = [];
  const warnings: object[] = [];
  const count = (verdict: Verdict, more = 1) => counts.set(verdict, (counts.get(verdict) ?? 0) + more);

  function refuse(file: string, line: number, is: Verdict, found: readonly Refused[]): void {
    refusals.push(...found.map((refusal) => ({ file, ...refusal })));
    if (json || found.length === 0) return;
    for (const refusal of found) terminal.err(`${file}:${line}: ${SAID[is]}: ${sentence(refusal, line)}`);
  }

  function tell(outcome: LineOutcome): void {
    const { entry, is } = outcome;
    const { file, line, command } = entry;
    count(is);
    const receipt = hasReceipt(outcome) ? outcome.receipt : undefined;
    commands.push({ file, line, command: command.command, is: FIELDS[is], ...(receipt && { receipt }) });
    if ('refusals' in outcome) refuse(file, line, is, outcome.refusals);
    if (!receipt) return;
    const found = receipt.warnings ?? [];
    warnings.push(...found.map((warning) => ({ file, line, ...warning })));
    if (json) return;
    // A dry run gives ids that nothing has yet.
    const record = is === 'would' ? '' : ` ${receipt.id}`;
    terminal.out(`${file}:${line}: ${SAID[is]}${record}, ${counted(receipt.events.length, 'event')}`);
    for (const { rule, record: other, detail } of found) {
      terminal.out(`  warning: ${rule}: ${other === undefined || detail.includes(other) ? '' : `${other}: `}${detail}`);
    }
  }

  /** Lines that hold no command, which nobody can send. */
  function unread(file: string, found: readonly Refused[]): void {
    for (const line of new Set(found.map((one) => one.line))) {
      count('refused');
      refuse(
        file,
        line,
        'refused',
        found.filter((one) => one.line === line),
      );
    }
  }

  function conclude({ names, isDryRun, interrupted, failure }: Conclusion): void {
    const sums = (Object.keys(FIELDS) as Verdict[])
      .map((verdict) => [verdict, counts.get(verdict) ?? 0] as const)
      .filter(([verdict, sum]) => sum > 0 || ALWAYS.includes(verdict));
    if (json) {
      const fields = Object.fromEntries(sums.map(([verdict, sum]) => [FIELDS[verdict], sum]));
      const flags = {
        ...(isDryRun && { dryRun: true }),
        ...(interrupted && { interrupted }),
        ...(failure !== undefined && { failure }),
      };
      printJson(terminal, {
        ...fields,
        ...flags,
        refusals,
        warnings,
        commands,
        ids: Object.fromEntries(idsByName(names)),
      });
      return;
    }
    const shown = sums.filter(([verdict]) => !isDryRun || verdict !== 'recorded');
    const text = shown.map(([verdict, sum]) => `${sum} ${SAID[verdict]}`).join(', ');
    terminal.out(`${interrupted ? 'Interrupted: ' : ''}${text}.${isDryRun ? ' Nothing was written.' : ''}`);
    if (counts.has('unanswered')) {
      terminal.out('What has no answer may be recorded. Run it again: nothing is recorded twice.');
    }
  }

  const bad: readonly Verdict[] = ['refused', 'not-sent', 'unanswered'];
  return { tell, unread, conclude, count, hasFaults: () => bad.some((verdict) => counts.has(verdict)) };
}

const sentence = ({ line, pointer, rule, detail }: Refused, of: number): string =>
  `${line === of ? '' : `line ${line}: `}${pointer === '' ? '' : `${pointer}: `}${rule}: ${detail}`;
