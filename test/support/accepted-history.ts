import { readFileSync } from 'node:fs';
import { type Commit, keyText } from '../../functions/stores/commits.ts';

/** The feed of a registry that an earlier release ran, byte for byte: every aggregate, with corrections, retractions and voices of several organizations. */
export const feed = readFileSync(new URL('../functions/projector/accepted-history.ndjson', import.meta.url), 'utf8');

/** A commit as it was stored then, and the position of its first event. */
export type AcceptedCommit = Commit & { readonly position: number };

const POSITION = /,"position":(\d+)\}$/;

/** Its commits in the order of the log; `rewrite` makes the events of another history of it. */
export function acceptedCommits(rewrite: (event: string) => string = (event) => event): AcceptedCommit[] {
  const commits = new Map<string, AcceptedCommit>();
  const heads = new Map<string, Commit>();
  for (const line of feed.trimEnd().split('\n')) {
    const event = rewrite(line.replace(POSITION, '}'));
    const { subject: stream, commandid: commandId, streamversion: version, time: recordedAt } = JSON.parse(event);
    const known = commits.get(`${stream} ${commandId}`);
    if (known) known.events.push(event);
    else {
      const position = Number(POSITION.exec(line)?.[1]);
      const previous = heads.get(stream)?.version ?? 0;
      const commit = { stream, version, previous, events: [event], commandId, recordedAt, position };
      commits.set(`${stream} ${commandId}`, { ...commit, requestHash: `hash of ${keyText(commit)}` });
      heads.set(stream, { ...commit, requestHash: '' });
    }
  }
  return [...commits.values()];
}
