import { isRecordedText } from '../../domain/person/mentions.ts';
import { isContainer } from '../../domain/values/container.ts';
import { escapePointer, pointerKeys } from '../../domain/values/ids.ts';
import type { Mention } from '../../domain/values/person.ts';
import type { Commit } from '../stores/commits.ts';
import { isErased, type Person, type Vault } from '../stores/vault.ts';
import type { CommandOutcome } from './earlier-outcome.ts';
import type { Rejection } from './rejection.ts';
import type { Submission } from './submission.ts';

/** Whether a request is the one that an earlier try of the same key has landed as. */

/** The texts that were recorded without the words that mention persons, by the ids in them. */
function recordedTexts(outcomes: readonly CommandOutcome[]): ReadonlyMap<string, string> {
  const texts = outcomes
    .flatMap(({ commit, offset, count }) => commit.events.slice(offset, offset + count))
    .filter((event) => event.includes('"mentions":'))
    .flatMap((event) => {
      const { data } = JSON.parse(event) as { data: { mentions?: readonly Mention[] } };
      return (data.mentions ?? []).map(({ person, at }) => [person, textAt(data, at)] as const);
    });
  return new Map(texts);
}

function textAt(data: unknown, pointer: string): string {
  const text = pointerKeys(pointer).reduce<unknown>((value, key) => isContainer(value) && value[key], data);
  return typeof text === 'string' ? text : '';
}

interface MentioningText {
  readonly pointer: string;
  readonly said: string;
  readonly recorded: string;
}

/** The texts of a body in whose place others were recorded: the first id in such a text is that of its place. */
function mentioningTexts({ mentionId, body }: Submission, recorded: ReadonlyMap<string, string>): MentioningText[] {
  const found: MentioningText[] = [];
  const search = (value: unknown, pointer: string): void => {
    if (typeof value === 'string') {
      const text = recorded.get(mentionId(pointer, 0));
      if (text !== undefined) found.push({ pointer, said: value, recorded: text });
    } else if (isContainer(value)) {
      for (const [key, inner] of Object.entries(value)) search(inner, `${pointer}/${escapePointer(key)}`);
    }
  };
  if (recorded.size > 0) search(body, '');
  return found;
}

const keyReused = (detail: string): Rejection => ({ rejected: 'request', rule: 'key-reused', detail });

export const ANOTHER_REQUEST = keyReused('the same Idempotency-Key was used for another request');

/**
 * Rejects a request that says something else than the earlier one. The hash of a request leaves names out, and texts that
 * mention persons, because it outlives them; so they are compared with what the vault has. What is erased is not told from
 * anything else.
 */
export async function rejectOther(
  submission: Submission,
  { commit, outcomes }: { readonly commit: Commit; readonly outcomes: readonly CommandOutcome[] },
  vault: Pick<Vault, 'read'>,
): Promise<Rejection | undefined> {
  const recorded = recordedTexts(outcomes);
  const texts = mentioningTexts(submission, recorded);
  if (submission.requestHash(new Set(texts.map(({ pointer }) => pointer))) !== commit.requestHash) {
    return ANOTHER_REQUEST;
  }
  const { persons = [] } = submission;
  const ids = [...persons.map(({ id }) => id), ...(texts.length > 0 ? recorded.keys() : [])];
  const kept = ids.length > 0 ? await vault.read(ids) : new Map();
  const wordsOf = (id: string): string | undefined => {
    const entry = kept.get(id);
    return entry && !isErased(entry) ? entry.name : undefined;
  };
  const isOther = ({ id, name }: Person): boolean => (wordsOf(id) ?? name) !== name;
  if (persons.some(isOther)) {
    return keyReused('the same Idempotency-Key was used for a request that names another person');
  }
  return texts.every((text) => isRecordedText(text.said, text.recorded, wordsOf)) ? undefined : ANOTHER_REQUEST;
}
