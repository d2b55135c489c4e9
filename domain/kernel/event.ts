import type { PartialDate } from '../values/partial-date.ts';

/** In what capacity the submitter spoke: standing is a function of it. */
export type SpeaksAs = 'host' | 'party' | 'other';

/**
 * An event as it is stored, hashed into the log and published: a CloudEvents 1.0 JSON object. Its bytes are its
 * canonical JSON (RFC 8785), made once, when it is decided.
 */
export interface RegistryEvent<Type extends string = string, Data = unknown> {
  readonly specversion: '1.0';
  /** `<stream>/<version>` */
  readonly id: string;
  /** The registry's origin. */
  readonly source: string;
  readonly type: Type;
  /** The stream. */
  readonly subject: string;
  /** When it was recorded: RFC 3339, UTC, milliseconds; never decreases within a stream. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  /** 1, 2, 3 … without a gap within the stream. */
  readonly streamversion: number;
  /** The client that submitted. */
  readonly actor: string;
  /** The organization that the client acts for. */
  readonly onbehalfof?: string;
  /** Which request caused it. */
  readonly commandid: string;
  readonly data: Data & { readonly speaksAs?: SpeaksAs; readonly on?: PartialDate };
}

/** An event as it is read: `data` and `dataschema` are of the current version of its type, whatever it was recorded in. */
export interface ReadEvent<Type extends string = string, Data = unknown> extends RegistryEvent<Type, Data> {
  /** Of one that was recorded in an older version: that version, and its data in the version that they were last patched in. */
  readonly older?: { readonly recordedIn: number; readonly version: number; readonly data: object };
}

/** What a decider answers: the fact alone; version, time and actor are stamped on it by `stamp`. */
export interface EventDraft<Type extends string = string, Data = object> {
  readonly type: Type;
  readonly data: Data;
  /** Further CloudEvents attributes of this event: names of lower-case letters and digits. */
  readonly attributes?: Attributes;
}

/** CloudEvents extension attributes; none has the name of one that every event has. */
type Attributes = Readonly<Record<string, string>> & { readonly [Own in keyof RegistryEvent]?: never };

export interface Stamp {
  readonly source: string;
  readonly stream: string;
  /** Version of the first of the drafts. */
  readonly version: number;
  readonly time: string;
  readonly actor: { readonly client: string; readonly organization?: string };
  readonly commandId: string;
  /** Further attributes of all events of the commit. */
  readonly attributes?: Attributes;
}

/** The address of the JSON Schema of a type's data. */
export const schemaAddress = (source: string, type: string, version: number) =>
  `https://${source}/schemas/${type}/${version}`;

/** Turns a decision's drafts into the events of one commit. `schemaVersion` tells the current version of a type's data. */
export function stamp(drafts: readonly EventDraft[], by: Stamp, schemaVersion: (type: string) => number) {
  return drafts.map(({ type, data, attributes }, index): RegistryEvent => {
    const version = by.version + index;
    return {
      ...by.attributes,
      ...attributes,
      specversion: '1.0',
      id: `${by.stream}/${version}`,
      source: by.source,
      type,
      subject: by.stream,
      time: by.time,
      datacontenttype: 'application/json',
      dataschema: schemaAddress(by.source, type, schemaVersion(type)),
      streamversion: version,
      actor: by.actor.client,
      ...(by.actor.organization === undefined ? {} : { onbehalfof: by.actor.organization }),
      commandid: by.commandId,
      data,
    };
  });
}
