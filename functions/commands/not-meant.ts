import { aggregates } from '../../domain/catalog.ts';
import { type Aggregate, type CommandDefinition, commandName } from '../../domain/kernel/aggregate.ts';
import { aggregateOf, exampleId } from '../../domain/values/ids.ts';
import { didYouMean, nearestOf } from '../../domain/values/nearest.ts';
import { type Fault, ProblemError } from '../http/problem.ts';
import { identityIdOf } from '../runtime/ids.ts';
import { notCalled } from './parse-data.ts';

/** What a request is told whose words name no command, or not the one that it needs. */

const opens = ({ act }: CommandDefinition) => act === undefined;

/** The three commands that are most like a name, by the names that are given to them. */
function nearestCommands(given: string, among: Iterable<CommandDefinition>): string {
  const named = new Map(
    [...among].flatMap((one) => [one.name, commandName(one)].map((name) => [name, commandName(one)])),
  );
  const nearest = nearestOf(given, named.keys(), named.size).map((name) => named.get(name) ?? name);
  const [first, ...others] = [...new Set(nearest.length > 0 ? nearest : named.values())].slice(0, 3);
  return others.length === 0 ? `did you mean ${first}?` : `the nearest are ${[first, ...others].join(', ')}`;
}

/** The fault of an entry of a submission that names no command, or an act without the record that it is on. */
export function unmeant(command: string, target: string | undefined, data: object, pointer: string): Fault {
  const aggregate = aggregates.find(({ name }) => name === aggregateOf(target ?? ''));
  if (!aggregate && isAct(command)) return targetFault(command, target, data, pointer);
  const all = aggregates.flatMap(({ commands }) => commands);
  const known = aggregate ? aggregate.commands.filter((one) => !opens(one)) : all;
  const where = aggregate ? `a record of kind ${aggregate.name} takes no such act` : 'there is no such command';
  const detail = `${where}; ${nearestCommands(command, known)}`;
  return { pointer: `${pointer}/command`, rule: 'unknown-command', detail };
}

/** Whether some record takes an act of this name, as memberships and agreements take `suspend`, by which one is opened too. */
export const isAct = (command: string): boolean => takersOf(command).length > 0;

const takersOf = (command: string): readonly Aggregate[] =>
  aggregates.filter(({ commands }) =>
    commands.some((one) => !opens(one) && (one.act === command || one.name === command)),
  );

/** The fault of an act whose target is missing, or is no record that takes it. */
export function targetFault(command: string, target: string | undefined, data: object, base: string): Fault {
  const pointer = `${base}/target`;
  if (target?.startsWith('#')) {
    return { pointer, rule: 'unknown-name', detail: notCalled(target.slice(1)) };
  }
  const takers = takersOf(command);
  const kinds = takers.length === aggregates.length ? '' : ` of kind ${takers.map(({ name }) => name).join(' or ')}`;
  if (target !== undefined) {
    const detail = `must be the id of a record${kinds}, such as ${exampleId(takers[0]?.name ?? 'agreement')}`;
    return { pointer, rule: 'value-invalid', detail };
  }
  const told = takers.map((aggregate) => targetToldBy(aggregate, data)).filter((hint) => hint !== '');
  const act = takers
    .flatMap(({ commands }) => commands)
    .find((one) => one.act === command || one.name === command)?.act;
  const needed = `${act} is an act: name its target, the id of a record${kinds}, or #name for one that an earlier command opens`;
  return { pointer, rule: 'value-missing', detail: [needed, ...told].join('; ') };
}

/** Which record the data tell, where they say what makes up its identity, and what opens such a record. */
function targetToldBy({ name, commands, identity }: Aggregate, data: object): string {
  const parts = identity?.(data) ?? [];
  if (parts.length === 0 || !parts.every((part) => typeof part === 'string')) return '';
  const openers = commands
    .filter(opens)
    .map((one) => one.name)
    .join(', ');
  const id = parts.every((part) => aggregateOf(part))
    ? `; of these it is ${identityIdOf(name, parts)}, unless they were merged`
    : '';
  return `a ${name} is opened, without a target, by ${openers}${id}`;
}

/** The fault of the POST of a collection whose `command` opens none of its records. */
export function notOpening({ collection, commands }: Aggregate, command: unknown): Fault {
  const openers = commands.filter(opens).map(({ name }) => name);
  const given = typeof command === 'string' ? command : '';
  const act = commands.find((one) => !opens(one) && [one.act, one.name].includes(given))?.act;
  const isOfPath = act !== undefined && !openers.includes(act);
  const instead = isOfPath
    ? `; ${act} is an act: POST /v1/${collection}/{id}/${act}`
    : didYouMean(act ?? given, openers);
  const detail = `a record is opened by: ${openers.join(', ')}${instead}`;
  return { pointer: '/command', rule: 'unknown-command', detail };
}

/** The problem with a path whose last part is no act on records of its collection. */
export function unknownAct({ collection, commands }: Aggregate, given: string): ProblemError {
  const acts = commands.flatMap(({ act = [] }) => act);
  const named = commands.find((one) => !opens(one) && one.name === given)?.act ?? given;
  return new ProblemError('not-found', `${collection} know no act "${given}"${didYouMean(named, acts)}`);
}

/** The faults of an act, of which some may be that it says what only the opening of the same name takes. */
export function toldToOpen(
  { commands }: Aggregate,
  { act }: CommandDefinition,
  faults: readonly Fault[],
  pointer: string,
) {
  const opening = commands.find((one) => opens(one) && one.name === act);
  const fields = Object.keys((opening?.schema as { shape?: object } | undefined)?.shape ?? {});
  const isOfOpening = ({ rule, pointer: at }: Fault) =>
    rule === 'unknown-field' && fields.some((field) => at === `${pointer}/${field}`);
  return faults.map(
    (fault): Fault =>
      isOfOpening(fault)
        ? { ...fault, detail: `${fault.detail}: the record tells it; the command ${act} that names no record takes it` }
        : fault,
  );
}
