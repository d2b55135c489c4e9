import { type Checkpoint, parseCheckpoint } from '../../domain/log/checkpoint.ts';
import { textOfNote } from '../../domain/log/note.ts';
import { unwrap } from '../../domain/log/read.ts';
import type { PublishedLog } from '../stores/published-log.ts';

/** A published checkpoint, with its note. */
export type PublishedTree = Checkpoint & { readonly note: string };

/**
 * The current checkpoint, with its note; undefined until something is published. Signatures are passed on unverified:
 * clients verify them with the log's key.
 */
export async function readCheckpoint(published: Pick<PublishedLog, 'checkpoint'>): Promise<PublishedTree | undefined> {
  const found = await published.checkpoint();
  return found && { ...unwrap(parseCheckpoint(textOfNote(found.note))), note: found.note };
}
