import * as z from 'zod';
import { aggregates, commandMeant } from '../../domain/catalog.ts';
import type { Aggregate, CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { faultsOf, parsedBy } from '../../domain/kernel/faults.ts';
import { idPattern } from '../../domain/values/ids.ts';
import { MAX_COMMANDS } from '../http/limits.ts';
import { type Fault, ProblemError } from '../http/problem.ts';
import { commandIdOf, identityIdOf, mentionIdOf, recordIdOf, requestHashOf } from '../runtime/ids.ts';
import type { Person } from '../stores/vault.ts';
import { isAct, notOpening, targetFault, toldToOpen, unmeant } from './not-meant.ts';
import { idNamed, parseData, parseNamed } from './parse-data.ts';
import { unfitBody } from './rejection.ts';
import { withoutCanonicalForm } from './request.ts';

/** One command. Its data have passed their schema, with references resolved to ids, unless the submission has faults. */
export interface CommandItem {
  readonly aggregate: Aggregate;
  readonly definition: CommandDefinition;
  /** The record that it opens or acts on. */
  readonly id: string;
  readonly opens: boolean;
  readonly data: object;
  /** The pointer of its data in the body. */
  readonly pointer: string;
  /** The pointer at which the body names the record that it acts on. */
  readonly target?: string;
}

/** What tells a request from others. */
export interface RequestIdentity {
  readonly commandId: string;
  readonly body: unknown;
  /** The hash of what it says, without the texts at these JSON pointers of the body. */
  readonly requestHash: (leftOut?: ReadonlySet<string>) => string;
  /** The id of words that mention a person, by their place: see `mentionIdOf`. */
  readonly mentionId: (pointer: string, number: number) => string;
  /** What speaks against the body: then the request is only looked at for who may submit it. */
  readonly faults?: readonly Fault[];
}

/** A request as it is decided: one command, or several that land together. */
export interface Submission extends RequestIdentity {
  readonly items: readonly CommandItem[];
  /** The ids of records by the names that the request gave them. */
  readonly ids: Readonly<Record<string, string>>;
  /** Whether it is a submission of several commands, with a stream of its own. */
  readonly together: boolean;
  readonly ifMatch?: readonly number[] | undefined;
  /** The persons that it names; the data of its items hold no names. */
  readonly persons?: readonly Person[];
}

export interface RequestFacts {
  readonly client: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** The ids of a request and its body, and what speaks against the body. */
export function identify(
  { client, key, method, path, body }: RequestFacts,
  found: readonly Fault[] = [],
): RequestIdentity {
  const commandId = commandIdOf(client, key);
  const unwritable = withoutCanonicalForm(body);
  // Nothing without a canonical form has ever landed.
  const requestHash = (leftOut?: ReadonlySet<string>) =>
    unwritable.length > 0 ? '' : requestHashOf(method, path, body, leftOut);
  const faults = [...found, ...(found.length > 0 ? [] : unwritable)];
  const mentionId = (pointer: string, number: number) => mentionIdOf(commandId, path, pointer, number);
  return { commandId, body, requestHash, mentionId, ...(faults.length > 0 && { faults }) };
}

/** `POST /v1/<collection>`: the body is the data; its "command" chooses among the commands that open such a record. */
export function opening(aggregate: Aggregate, request: RequestFacts): Submission {
  const isObject = typeof request.body === 'object' && request.body !== null && !Array.isArray(request.body);
  const { command, ...data } = isObject ? (request.body as { command?: unknown }) : {};
  const openers = aggregate.commands.filter(({ act }) => act === undefined);
  const definition = openers.find(({ name, default: byDefault }) =>
    command === undefined ? byDefault : name === command,
  );
  if (!definition) throw unfitBody([notOpening(aggregate, command)]);
  const parsed = parseData(definition, isObject ? data : request.body, '');
  const identity = identify(request, parsed.faults);
  const known = parsed.data && openedId(aggregate, parsed.data);
  const id = known ?? recordIdOf(aggregate.name, identity.commandId, 0);
  const item = { aggregate, definition, id, opens: true, data: parsed.data ?? {}, pointer: '' };
  return { ...identity, items: [item], ids: {}, together: false };
}

/** The id that is derived from the data, where the aggregate has an identity. */
const openedId = ({ name, identity }: Aggregate, data: object): string | undefined =>
  identity && identityIdOf(name, identity(data));

/** `POST /v1/<collection>/{id}/<act>`: the body is the data. */
export function act(
  aggregate: Aggregate,
  definition: CommandDefinition,
  id: string,
  request: RequestFacts & Pick<Submission, 'ifMatch'>,
): Submission {
  const parsed = parseData(definition, request.body, '');
  const item = { aggregate, definition, id, opens: false, data: parsed.data ?? {}, pointer: '' };
  const identity = identify(request, toldToOpen(aggregate, definition, parsed.faults, ''));
  return { ...identity, items: [item], ids: {}, together: false, ifMatch: request.ifMatch };
}

const localName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, {
  error: 'must be a name of at most 40 letters, digits, dots, underscores and dashes, such as a1',
});
/** The body of a submission. How many commands it has is checked before it is read. */
export const submissionBody = z.strictObject({
  commands: z
    .array(
      z.strictObject({
        command: z.string().meta({
          description: 'The command; for an act its own name is enough',
          enum: [
            ...new Set(aggregates.flatMap(({ commands }) => commands.flatMap(({ name, act }) => [name, act ?? name]))),
          ],
        }),
        as: localName.optional().meta({ description: 'A name for the record' }),
        target: z.string().max(100).optional().meta({ description: 'The record to act on: its id, or `#name`' }),
        data: z
          .record(z.string(), z.unknown())
          .meta({ description: 'The same as the body of the command’s own operation' }),
      }),
    )
    .min(1)
    .meta({ maxItems: MAX_COMMANDS }),
});
type CommandEntry = z.infer<typeof submissionBody>['commands'][number];

/** `POST /v1/submissions`: up to 99 commands; later ones name the records of earlier ones by `#name`. */
export function submission(request: RequestFacts): Submission {
  checkCount(request.body);
  const parsed = parsedBy(submissionBody, request.body);
  if (!parsed.success) throw unfitBody(faultsOf(parsed.error.issues, ''));
  const { commands } = parsed.data;
  const commandId = commandIdOf(request.client, request.key);
  const names = new Map<string, string>();
  const items: CommandItem[] = [];
  const faults: Fault[] = [];
  let opened = 0;
  for (const [index, entry] of commands.entries()) {
    const result = readEntry(entry, `/commands/${index}`, names, (aggregate) =>
      recordIdOf(aggregate, commandId, opened++),
    );
    faults.push(...result.faults);
    if (result.item) items.push(result.item);
  }
  return { ...identify(request, faults), items, ids: Object.fromEntries(names), together: true };
}

/** Counts the commands before any of them is read: what they hold is of no account when they are too many. */
function checkCount(body: unknown): void {
  const { commands } = (body ?? {}) as { commands?: unknown };
  if (!Array.isArray(commands) || commands.length <= MAX_COMMANDS) return;
  throw new ProblemError('cap-commands', `${commands.length} commands; at most ${MAX_COMMANDS} in one submission`);
}

/** Reads one entry of a submission, and adds the name that it gives its record (`as`) to `names`. */
function readEntry(
  entry: CommandEntry,
  pointer: string,
  names: Map<string, string>,
  nextId: (aggregate: string) => string,
): { item?: CommandItem; faults: Fault[] } {
  const target = entry.target === undefined ? undefined : idNamed(entry.target, names);
  const found = commandMeant(entry.command, target);
  if (!found) return { faults: [unmeant(entry.command, target, withIdsNamed(entry.data, names), pointer)] };
  const { aggregate, definition } = found;
  const opens = definition.act === undefined;
  const faults = [...targetFaults(found, entry, target, names, pointer), ...nameFaults(entry, names, pointer)];
  const given = opens ? nextId(aggregate.name) : String(target);
  // The record's own data may use its name already, unless its id is derived from them.
  if (entry.as !== undefined && faults.length === 0 && !aggregate.identity) names.set(entry.as, given);
  const parsed = parseNamed(definition, entry.data, names, `${pointer}/data`);
  faults.push(...toldToOpen(aggregate, definition, parsed.faults, `${pointer}/data`));
  const id = (parsed.data && opens ? openedId(aggregate, parsed.data) : undefined) ?? given;
  if (entry.as !== undefined && !names.has(entry.as)) names.set(entry.as, id);
  const item = {
    aggregate,
    definition,
    id,
    opens,
    data: parsed.data ?? {},
    pointer: `${pointer}/data`,
    ...(opens ? {} : { target: `${pointer}/target` }),
  };
  return { item, faults };
}

function targetFaults(
  { aggregate, definition }: Pick<CommandItem, 'aggregate' | 'definition'>,
  { command, data }: CommandEntry,
  target: string | undefined,
  names: ReadonlyMap<string, string>,
  pointer: string,
): Fault[] {
  const opens = definition.act === undefined;
  if (opens && target !== undefined && !target.startsWith('#')) {
    if (isAct(command)) return [targetFault(command, target, data, pointer)];
    const detail = 'a command that opens a record has no target';
    return [{ pointer: `${pointer}/target`, rule: 'unknown-field', detail }];
  }
  const fits = target === undefined ? opens : idPattern(aggregate.name).test(target);
  return fits ? [] : [targetFault(command, target, withIdsNamed(data, names), pointer)];
}

/** The data with the ids that names denote at their top: those that make up an identity stand there. */
const withIdsNamed = (data: object, names: ReadonlyMap<string, string>): object =>
  Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, typeof value === 'string' ? idNamed(value, names) : value]),
  );

const nameFaults = ({ as }: CommandEntry, names: ReadonlyMap<string, string>, pointer: string): Fault[] =>
  as !== undefined && names.has(as)
    ? [{ pointer: `${pointer}/as`, rule: 'name-taken', detail: `"${as}" is the name of another record already` }]
    : [];
