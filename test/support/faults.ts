import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';

/** Stands between a client and its service; `next` sends the command. */
export type Tap = (command: SentCommand, next: () => Promise<unknown>) => Promise<unknown>;

export interface SentCommand {
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: every command has inputs of its own
  readonly input: any;
}

type Send = (command: object, ...rest: unknown[]) => Promise<unknown>;

/** The same client, with taps in the way of everything that it sends; the first one stands outermost. */
export function tapped<Client extends { send: unknown }>(client: Client, ...taps: Tap[]): Client {
  const send: Send = (command, ...rest) => {
    const sent = { name: command.constructor.name, input: (command as { input: unknown }).input };
    const through = taps.reduceRight<() => Promise<unknown>>(
      (next, tap) => () => tap(sent, next),
      () => (client.send as Send)(command, ...rest),
    );
    return through();
  };
  return Object.create(client, { send: { value: send } }) as Client;
}

/** Whether the effect had landed when the error came. */
export type Landing = 'before' | 'after';

export interface FaultOptions {
  /** The command's name, e.g. `PutCommand`, or a test of the command. */
  on: string | ((command: SentCommand) => boolean);
  error: () => Error;
  /** Which of the matching commands fails, from 1, and how many in a row. */
  nth?: number;
  times?: number;
  landing?: Landing;
}

/** Lets some commands fail: before their effect, or after it, when only the answer is lost. */
export function failing({ on, error, nth = 1, times = 1, landing = 'before' }: FaultOptions): Tap & { hits: number } {
  let seen = 0;
  const tap = async (command: SentCommand, next: () => Promise<unknown>) => {
    if (!(typeof on === 'string' ? command.name === on : on(command))) return next();
    seen += 1;
    if (seen < nth || seen >= nth + times) return next();
    if (landing === 'after') await next();
    tap.hits += 1;
    throw error();
  };
  tap.hits = 0;
  return tap;
}

export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * The process dies at its n-th command, before or after the command's effect: nothing that it sends from then on
 * arrives. Use one and the same tap for all of its clients.
 */
export function crashing(step: number, landing: Landing): Tap & { steps: number; dead: boolean } {
  const tap = async (_: SentCommand, next: () => Promise<unknown>) => {
    if (tap.dead) throw new Crash('the process is dead');
    tap.steps += 1;
    if (tap.steps !== step) return next();
    tap.dead = true;
    if (landing === 'after') await next();
    throw new Crash(`the process died ${landing} command ${step}`);
  };
  tap.steps = 0;
  tap.dead = false;
  return tap;
}

/** Every command in the order of sending. */
export function listening(): Tap & { sent: SentCommand[] } {
  const tap = (command: SentCommand, next: () => Promise<unknown>) => {
    tap.sent.push(command);
    return next();
  };
  tap.sent = [] as SentCommand[];
  return tap;
}

const common = { $metadata: {}, message: 'injected' };

export const throttled = (): Error => new ProvisionedThroughputExceededException(common);

/** What PutItem answers while a transaction holds the item. */
export const heldByTransaction = (): Error => new TransactionConflictException(common);

/** What TransactWriteItems answers when one of its items is held, or throttled. */
export const cancelledBy = (code: string): Error =>
  new TransactionCanceledException({ ...common, CancellationReasons: [{ Code: 'None' }, { Code: code }] });

export const timedOut = (): Error => Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });

/** Far more commands than any work here takes. */
const FAR = 1000;

/**
 * Lets somebody die at the first command, at the second, and so on, until no command is left to die at; answers how many
 * there were. `dies` is given the step, and returns whether there was such a command.
 */
export async function dieAtEach(dies: (step: number) => Promise<boolean>): Promise<number> {
  for (let step = 1; step <= FAR; step += 1) if (!(await dies(step))) return step - 1;
  throw new Error(`after ${FAR} commands there is still one to die at`);
}

/** The first writes of so many requests go out only when all of them have decided. */
export function meeting(count: number): Tap {
  const waiting: (() => void)[] = [];
  return async ({ name }, next) => {
    if (!/^(Put|TransactWrite)Command$/.test(name) || waiting.length === count) return next();
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === count) for (const go of waiting) go();
    });
    return next();
  };
}
