import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { QueueSpec } from './specs.ts';
import { printError } from './terminal.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  /** How often it was received, this time included. */
  readonly receives: number;
}

export type Queues = ReturnType<typeof createQueues>;

const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS messages_by_queue ON messages (queue, visible_at)`;

/**
 * Queues like those of SQS, in the data directory. A received message is hidden for the visibility timeout and stays
 * until it is deleted; received too often, it moves to the dead letters. Queues are named by ARN.
 */
export function createQueues(specs: readonly QueueSpec[], state: DatabaseSync, clock: () => number = Date.now) {
  state.exec(schema);
  const byArn = new Map(specs.map((spec) => [spec.arn, spec]));
  const listeners = new Map<string, () => void>();
  const insert = state.prepare('INSERT INTO messages (id, queue, body, sent_at, visible_at) VALUES (?, ?, ?, ?, ?)');
  const visible = state.prepare(
    'SELECT id, body, sent_at AS sentAt, receives FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at LIMIT ?',
  );
  const hide = state.prepare('UPDATE messages SET receives = receives + 1, visible_at = ? WHERE id = ?');
  const move = state.prepare('UPDATE messages SET queue = ?, receives = 0, visible_at = ? WHERE id = ?');
  const drop = state.prepare('DELETE FROM messages WHERE id = ?');

  // Only this process reads these queues, so the receivers of messages that are still hidden ended with the last run.
  state.prepare('UPDATE messages SET visible_at = ? WHERE receives > 0 AND visible_at > ?').run(clock(), clock());
  for (const { arn, retentionSeconds } of specs) {
    const tooOld = clock() - retentionSeconds * 1000;
    state.prepare('DELETE FROM messages WHERE queue = ? AND sent_at < ?').run(arn, tooOld);
  }

  function specOf(arn: string): QueueSpec {
    const spec = byArn.get(arn);
    if (!spec) throw new Error(`there is no queue ${arn}`);
    return spec;
  }

  /** The message is durable when this returns. */
  function send(arn: string, body: string, delaySeconds = specOf(arn).delaySeconds): string {
    const id = randomUUID();
    const now = clock();
    insert.run(id, specOf(arn).arn, body, now, now + delaySeconds * 1000);
    listeners.get(arn)?.();
    return id;
  }

  /** Receives and hides at most `limit` visible messages. */
  function receive(arn: string, limit: number): Message[] {
    const { visibilitySeconds, deadLetters } = specOf(arn);
    const now = clock();
    const received: Message[] = [];
    for (const message of visible.all(arn, now, limit) as unknown as Message[]) {
      if (deadLetters && message.receives >= deadLetters.maxReceiveCount) {
        move.run(deadLetters.arn, now, message.id);
        printError(`error: a message was received ${message.receives} times in vain; it is in ${deadLetters.arn} now`);
        continue;
      }
      hide.run(now + visibilitySeconds * 1000, message.id);
      received.push({ ...message, receives: message.receives + 1 });
    }
    return received;
  }

  const remove = (id: string): void => void drop.run(id);

  /** Sets what is called for every message that is sent. */
  const onMessage = (arn: string, call: () => void): void => void listeners.set(arn, call);

  return { send, receive, remove, onMessage, has: (arn: string) => byArn.has(arn) };
}
