import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One thing that is compared: a line of the table. */
interface Line {
  compared: number;
  readonly differences: string[];
  /** What may differ, as it was and as it is. */
  readonly allowed: { readonly before: string[]; readonly now: string[] };
}

export interface Report {
  /** Both are the same bytes. */
  readonly same: (what: string, where: string, before: string, now: string) => void;
  /** Both say the same but for texts; those are listed. */
  readonly sameButForTexts: Report['same'];
  /** What may differ, line by line: listed, and no fault. */
  readonly allow: (what: string, before: readonly string[], now: readonly string[]) => void;
  /** What no comparison of bytes tells. */
  readonly holds: (what: string, isSo: boolean, otherwise: string) => void;
  /** The same report; what is told to it is about a part of the whole. */
  readonly about: (part: string) => Report;
  readonly table: () => { readonly text: string; readonly isSame: boolean };
}

const WIDTH = 64;
const SHOWN = 5;
const SHOWN_LINES = 16;
const TEXTS = ['summary', 'description', 'title', 'detail', 'mend'];

/** Collects what was compared and what differs; nothing is judged elsewhere. */
export function createReport(): Report {
  const lines = new Map<string, Line>();

  function lineOf(what: string): Line {
    const line = lines.get(what) ?? { compared: 0, differences: [], allowed: { before: [], now: [] } };
    lines.set(what, line);
    return line;
  }

  function same(what: string, where: string, before: string, now: string): void {
    const line = lineOf(what);
    line.compared += 1;
    if (before === now) return;
    const isShown = line.differences.length < SHOWN;
    line.differences.push(isShown ? `${where}\n${unifiedDiff(pretty(before), pretty(now), SHOWN_LINES)}` : where);
  }

  function sameButForTexts(what: string, where: string, before: string, now: string): void {
    const [own, other] = [textless(before), textless(now)];
    same(what, where, own.rest, other.rest);
    const texts = [own.texts, other.texts].map((all) => all.map((text) => masked(`${pathIn(where)}${text}`)));
    list(what, texts[0] ?? [], texts[1] ?? []);
  }

  function allow(what: string, before: readonly string[], now: readonly string[]): void {
    lineOf(what).compared += 1;
    list(what, before, now);
  }

  function list(what: string, before: readonly string[], now: readonly string[]): void {
    const { allowed } = lineOf(what);
    if (before.join('\n') === now.join('\n')) return;
    const [had, has] = [new Set([...allowed.before, ...now]), new Set([...allowed.now, ...before])];
    allowed.before.push(...before.filter((text) => !had.has(text)));
    allowed.now.push(...now.filter((text) => !has.has(text)));
  }

  function holds(what: string, isSo: boolean, otherwise: string): void {
    const line = lineOf(what);
    line.compared += 1;
    if (!isSo) line.differences.push(otherwise);
  }

  function table(): { text: string; isSame: boolean } {
    const rows = [...lines].map(([what, { compared, differences, allowed }]) => {
      const texts = allowed.before.length + allowed.now.length;
      const verdict = differences.length > 0 ? `DIFFERENT (${differences.length})` : texts > 0 ? 'texts' : 'same';
      return `${what.padEnd(WIDTH)} ${String(compared).padStart(8)}  ${verdict}`;
    });
    const details = [...lines].flatMap(([what, { differences, allowed }]) => {
      const more = differences.length > SHOWN ? [`… and ${differences.length - SHOWN} more`] : [];
      const texts = unifiedDiff(allowed.before.join('\n'), allowed.now.join('\n'));
      return [
        ...(differences.length > 0 ? [`\nDIFFERENT: ${what}`, ...differences.slice(0, SHOWN), ...more] : []),
        ...(texts === '' ? [] : [`\ntexts: ${what}`, texts]),
      ];
    });
    const isSame = [...lines.values()].every(({ differences }) => differences.length === 0);
    const head = `${'what'.padEnd(WIDTH)} ${'compared'.padStart(8)}  verdict`;
    return { text: [...details, '', head, ...rows].join('\n'), isSame };
  }

  const about = (part: string): Report => ({
    same: (what, ...rest) => same(`${part}: ${what}`, ...rest),
    sameButForTexts: (what, ...rest) => sameButForTexts(`${part}: ${what}`, ...rest),
    allow: (what, ...rest) => allow(`${part}: ${what}`, ...rest),
    holds: (what, ...rest) => holds(`${part}: ${what}`, ...rest),
    about: (inner) => about(`${part}: ${inner}`),
    table,
  });

  return { same, sameButForTexts, allow, holds, about, table };
}

/** JSON without its texts, and these, each with its place. */
function textless(json: string): { rest: string; texts: string[] } {
  const texts: string[] = [];
  const without = (value: unknown, place: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => without(item, `${place}/${index}`));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (!TEXTS.includes(key) || typeof inner !== 'string') return [key, without(inner, `${place}/${key}`)];
        texts.push(`${place}/${key}: ${inner}`);
        return [key, ''];
      }),
    );
  };
  const value = parsed(json);
  return value === undefined ? { rest: json, texts } : { rest: JSON.stringify(without(value, '')), texts };
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const pretty = (text: string): string => {
  const value = parsed(text);
  return value === undefined ? text : JSON.stringify(value, null, 1);
};

/** Of a request; one sentence is listed once for all requests of a path. */
const pathIn = (where: string) => /\/\S*/.exec(where)?.[0] ?? where;

/** A sentence that names records is one sentence, whichever it names. */
const masked = (text: string) => text.replace(/[a-z2-7]{26}/g, '…');

function unifiedDiff(before: string, now: string, most = Number.POSITIVE_INFINITY): string {
  if (before === now) return '';
  const folder = mkdtempSync(join(tmpdir(), 'compare-'));
  const files = ['before', 'now'].map((name) => join(folder, name));
  for (const [index, text] of [before, now].entries()) writeFileSync(String(files[index]), `${text}\n`);
  const { stdout } = spawnSync('git', ['diff', '--no-index', '--no-color', '-U1', ...files], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  const lines = stdout.trimEnd().split('\n').slice(4);
  return lines
    .slice(0, most)
    .concat(lines.length > most ? ['…'] : [])
    .join('\n');
}
