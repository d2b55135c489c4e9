import { ACCOUNT, REGION } from '../environment.ts';
import type { Reference } from '../resolve.ts';
import type { Wiring } from '../specs.ts';

/** What a CloudFormation resource type is on one machine. */
export interface Counterpart {
  /** What others see of a resource. `name` is unique, `properties` are as written. */
  refer(name: string, properties: Readonly<Record<string, unknown>>, place: Place): Reference;
  /** Adds the resource to the wiring. Without it, the type is known and has no effect here. */
  wire?(resource: Resource, wiring: Wiring): void;
}

/** Where the resources are. */
export interface Place {
  /** What the buses and queues of this registry answer at. */
  readonly endpoint: string;
  /** The end of every name. */
  readonly suffix: string;
}

export interface Resource {
  /** For messages. */
  readonly where: string;
  readonly self: Reference;
  /** With references resolved; of the shape that CloudFormation documents for the type. */
  readonly properties: Readonly<Record<string, never>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const arnOf = (service: string, resource: string): string =>
  `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** Fails on a property that would change what the resource does and that nobody here has thought of. */
export function knowOnly({ where }: Pick<Resource, 'where'>, properties: object, known: readonly string[]): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${where}: the local run does not know the property ${unknown.join(', ')}`);
}
