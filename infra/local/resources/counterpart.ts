import type { Reference } from '../resolve.ts';
import type { Wiring } from '../specs.ts';

/** The local equivalent of a CloudFormation resource type. */
export interface Counterpart {
  /** What other resources refer to. `name` is unique; references in `properties` are not resolved yet. */
  refer(name: string, properties: Readonly<Record<string, unknown>>, place: Place): Reference;
  /** Adds the resource to the wiring. A counterpart without it has no effect. */
  wire?(resource: Resource, wiring: Wiring): void;
}

/** What the references of one local registry have in common. */
export interface Place {
  /** The address of its buses and queues. */
  readonly endpoint: string;
  /** The end of every resource name. */
  readonly suffix: string;
}

export interface Resource {
  /** Names the resource in messages. */
  readonly where: string;
  readonly self: Reference;
  /** The properties that CloudFormation documents for the type, with references resolved. */
  readonly properties: Readonly<Record<string, never>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Fails on any other property: it might change what the resource does, and the local run would ignore it. */
export function knowOnly({ where }: Pick<Resource, 'where'>, properties: object, known: readonly string[]): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${where}: the local run does not know the property ${unknown.join(', ')}`);
}
