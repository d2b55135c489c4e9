import type { CommandDefinition, FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { ownDefinition } from '../record/record.ts';
import { isContainer } from '../values/container.ts';
import { escapePointer, personIdsIn } from '../values/ids.ts';
import type { Mention } from '../values/person.ts';
import { withTexts } from '../values/without-free-text.ts';
import { type FoundName, nameInText } from './free-text.ts';

/** Words that name a person, which a text of a command holds. */
interface MentioningWords {
  /** The id that is recorded in their place. */
  readonly id: string;
  /** The place of the name among those that were sought. */
  readonly name: number;
  /** Exactly as they stood. */
  readonly words: string;
  /** JSON pointer of the text in the data. */
  readonly at: string;
}

interface WithoutWords<Data> {
  readonly data: Data;
  readonly words: readonly MentioningWords[];
  readonly refusals: readonly Refusal[];
}

export interface SoughtNames {
  readonly namesIn: (text: string) => readonly FoundName[];
  /** The id of the n-th words in a text, from 0. */
  readonly idOf: (at: string, number: number) => string;
}

/** The text with ids in the place of the names in it, and the words that these stand for. */
function replaced(text: string, at: string, { namesIn, idOf }: SoughtNames): [string, readonly MentioningWords[]] {
  let [recorded, end] = ['', 0];
  const all = namesIn(text).map((found, number): MentioningWords => {
    const id = idOf(at, number);
    recorded += text.slice(end, found.start) + id;
    end = found.end;
    return { id, name: found.name, words: text.slice(found.start, found.end), at };
  });
  return [recorded + text.slice(end), all];
}

const holdsId = (pointer: string): Refusal => ({
  rule: 'person-id-in-text',
  pointer,
  detail: 'it holds what has the form of the id of a person',
});

/**
 * What a command says, with ids in the place of the words by which its free text names persons. Whatever else has the form of
 * such an id is refused, because a reader could not tell it from these; so is a name within a label, which stands in
 * several places.
 */
export function withoutWords<Data extends object>(
  definition: Pick<CommandDefinition, 'schema'>,
  given: Data,
  record: FoldedRecord | undefined,
  sought: SoughtNames,
): WithoutWords<Data> {
  const all: MentioningWords[] = [];
  const refusals: Refusal[] = [];
  const change = (text: string, pointer: string, kind: string): string => {
    if (kind !== 'free text') {
      if (personIdsIn(text).length > 0) refusals.push(holdsId(pointer));
      else if (kind === 'label' && sought.namesIn(text).length > 0) refusals.push(nameInText(pointer));
      return text;
    }
    const [recorded, words] = replaced(text, pointer, sought);
    const known = new Set(words.map(({ id }) => id));
    if (personIdsIn(text).length > 0 || personIdsIn(recorded).some((id) => !known.has(id))) {
      refusals.push(holdsId(pointer));
    }
    all.push(...words);
    return recorded;
  };
  const { set, ...said } = given as { readonly set?: unknown };
  const patched = set === undefined ? undefined : patchedSchema(given, record);
  const data = withTexts(definition.schema, patched ? said : given, change);
  if (!patched) return { data: data as Data, words: all, refusals };
  const patch = withTexts(patched, set, (text, pointer, kind) => change(text, `/set${pointer}`, kind));
  return { data: { ...data, set: patch } as Data, words: all, refusals };
}

/** The schema of the data that a correction patches; `undefined` when there are none, and for every other command. */
function patchedSchema(data: object, record: FoldedRecord | undefined) {
  const { corrects } = data as { readonly corrects?: unknown };
  const event = record?.events.find(({ streamversion }) => streamversion === corrects);
  return record && event && ownDefinition(record.aggregate, event.type).schema;
}

/** What an event's data say of the persons that they mention, besides where. */
export type KnownMentions = ReadonlyMap<string, Omit<Mention, 'at'>>;

/** The data of an event with the mentions that stand in it, in the order of their places. */
export function withMentions<Data extends object>(data: Data, known: KnownMentions): Data {
  const found: Mention[] = [];
  const search = (value: unknown, at: string): void => {
    if (typeof value === 'string') {
      for (const id of personIdsIn(value)) {
        const mention = known.get(id);
        if (mention) found.push({ ...mention, at });
      }
    } else if (isContainer(value)) {
      const keys = Array.isArray(value) ? Object.keys(value) : Object.keys(value).sort();
      for (const key of keys) search(value[key], `${at}/${escapePointer(key)}`);
    }
  };
  if (known.size > 0) search(data, '');
  return found.length > 0 ? { ...data, mentions: found } : data;
}

/** Whether a text is one that was recorded, with words in the place of ids: `undefined` where these are not known any more. */
export function isRecordedText(text: string, recorded: string, wordsOf: (id: string) => string | undefined): boolean {
  const parts: string[] = [''];
  let end = 0;
  for (const id of personIdsIn(recorded)) {
    const start = recorded.indexOf(id, end);
    const words = wordsOf(id);
    parts[parts.length - 1] += recorded.slice(end, start) + (words ?? '');
    if (words === undefined) parts.push('');
    end = start + id.length;
  }
  parts[parts.length - 1] += recorded.slice(end);
  return matches(text, parts);
}

/** Whether a text consists of these parts, with at least one sign between two of them. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at + 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at + 1 && text.endsWith(last);
}
