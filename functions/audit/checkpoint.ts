import { type Checkpoint, parseCheckpoint } from '../../domain/log/checkpoint.ts';
import { textOfNote } from '../../domain/log/note.ts';
import { unwrap } from '../../domain/log/read.ts';
import type { PublishedLog } from '../stores/published-log.ts';

/**
 * The checkpoint that is published just now, with its note; undefined before anything is published. The signature is
 * handed on, not looked at: whoever checks it has the key.
 */
export async function readCheckpoint(
  published: Pick<PublishedLog, 'checkpoint'>,
): Promise<(Checkpoint & { readonly note: string }) | undefined> {
  const found = await published.checkpoint();
  return found && { ...unwrap(parseCheckpoint(textOfNote(found.note))), note: found.note };
}
