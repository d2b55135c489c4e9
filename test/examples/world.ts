import { readdirSync, readFileSync } from 'node:fs';
import { aggregateByName, schemaVersionOf } from '../../domain/catalog.ts';
import { decide } from '../../domain/decide.ts';
import { type Actor, type FoldedRecord, lookupIn } from '../../domain/kernel/aggregate.ts';
import { type EventDraft, type RegistryEvent, stamp } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { apply, heldOf } from '../../domain/record/record.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import { dayOf } from '../../domain/values/partial-date.ts';
import { submission } from '../../functions/commands/submission.ts';
import { canonical } from '../../functions/runtime/canonical.ts';
import { reservationStream } from '../../functions/runtime/ids.ts';

export interface Example {
  readonly file: string;
  readonly title: string;
  readonly client: string;
  readonly commands: readonly { command: string; as?: string; target?: string; data: Record<string, unknown> }[];
}

/** The submissions of a folder under `examples/`, in the order in which they are made. */
export function examplesOf(name: string): Example[] {
  const folder = new URL(`../../examples/${name}/`, import.meta.url);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }));
}

/** Names that an earlier file has given stand for their ids; the submission itself resolves its own. */
function withKnown<Value>(value: Value, ids: ReadonlyMap<string, string>): Value {
  if (typeof value === 'string') return ((value.startsWith('#') && ids.get(value.slice(1))) || value) as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withKnown(item, ids)) as Value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withKnown(item, ids)])) as Value;
}

/** A registry of the domain alone, in memory: what was submitted lands, or `submit` throws the refusals. */
export function createWorld(now = new Date('2026-01-01T12:00:00Z')) {
  const records = new Map<string, FoldedRecord>();
  const holders = new Map<string, string>();
  const ids = new Map<string, string>();
  const events: RegistryEvent[] = [];
  const warnings: Warning[] = [];

  const heldBy = (record: FoldedRecord | undefined) => (record ? heldOf(record).map(reservationStream) : []);

  /** Takes and gives back what the record holds; answers the streams that this writes to. */
  function settle(before: readonly string[], id: string): string[] {
    const now = heldBy(records.get(id));
    const taken = now.filter((stream) => !before.includes(stream));
    const given = before.filter((stream) => !now.includes(stream));
    for (const stream of taken) {
      if (holders.has(stream)) throw new Error(`${stream} is taken`);
      holders.set(stream, id);
    }
    for (const stream of given) holders.delete(stream);
    return [...taken, ...given];
  }

  /** Puts decided events onto the end of a stream, as they will be read: from their canonical bytes. */
  function land(
    { id, events: drafts }: { id: string; events: readonly EventDraft[] },
    by: { actor: Actor; commandId: string },
  ): void {
    const version = (records.get(id)?.version ?? 0) + 1;
    const stamped = { source: 'registry.test', stream: id, version, time: now.toISOString(), ...by };
    for (const event of stamp(drafts, stamped, schemaVersionOf)) {
      const stored = JSON.parse(canonical(event)) as RegistryEvent;
      records.set(id, apply(aggregateByName(aggregateOf(id) ?? ''), records.get(id), stored));
      events.push(stored);
    }
  }

  /** Lands one example; answers its body's size in bytes and the streams that it wrote. */
  function submit({ file, client, commands }: Example): { bytes: number; streams: Set<string> } {
    const body = { commands: withKnown(commands, ids) };
    const request = { client, key: file, method: 'POST', path: '/v1/submissions', body };
    const { items, commandId, ids: given } = submission(request);
    const organization = holders.get(`client-${client}`);
    const actor = organization === undefined ? { client } : { client, organization };
    const streams = new Set([`submission-${commandId}`]);
    for (const { definition, id, data } of items) {
      const record = records.get(id);
      const today = dayOf(now);
      const context = { id, today, opened: today, actor, lookup: lookupIn((key) => ({ record: records.get(key) })) };
      const decision = decide(definition, data, record, context);
      if (!decision.ok) throw new Error(`${file}: ${JSON.stringify(decision.refusals)}`);
      const { events: drafts, others = [], warnings: found = [] } = decision.value;
      for (const decided of [{ id, events: drafts }, ...others]) land(decided, { actor, commandId });
      warnings.push(...found);
      for (const stream of [id, ...others.map((other) => other.id), ...settle(heldBy(record), id)]) streams.add(stream);
    }
    for (const [name, id] of Object.entries(given)) ids.set(name, id);
    return { bytes: Buffer.byteLength(JSON.stringify(body)), streams };
  }

  /** The record that a submission has given this name to. */
  function named(name: string): FoldedRecord {
    const record = records.get(ids.get(name) ?? '');
    if (!record) throw new Error(`no record is called ${name}`);
    return record;
  }

  return { submit, named, ids, records, events, warnings };
}
