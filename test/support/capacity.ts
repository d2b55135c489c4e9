import type { SentCommand, Tap } from './faults.ts';

interface Consumed {
  readonly CapacityUnits?: number;
}

/** Counts what DynamoDB charges for the commands that pass (`ReturnConsumedCapacity`), and how many there are. */
export function metered() {
  const counted = { requests: 0, readUnits: 0, writeUnits: 0, items: 0 };
  const tap: Tap = async (command, next) => {
    command.input.ReturnConsumedCapacity = 'TOTAL';
    const answer = (await next()) as {
      ConsumedCapacity?: Consumed | readonly Consumed[];
      Items?: readonly unknown[];
      Item?: unknown;
      Responses?: Readonly<Record<string, readonly unknown[]>>;
    };
    const units = [answer.ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    counted.requests += 1;
    counted.items += (answer.Items?.length ?? 0) + (answer.Item ? 1 : 0);
    if (answer.Responses) counted.items += Object.values(answer.Responses).flat().length;
    if (/^(Put|Update|Delete|TransactWrite|BatchWrite)/.test(command.name)) counted.writeUnits += units;
    else counted.readUnits += units;
    return answer;
  };
  return { tap, counted };
}

/** Which build of a read model is served, and where it stands: every answer reads that first. */
const isOfStanding = ({ input: { Key = {} } }: SentCommand): boolean => ['serving', 'checkpoint'].includes(Key.sk);

/**
 * Counts the rounds of requests that wait for each other: those that are asked for together are sent together, as one.
 * What tells where read models stand is a request, and no round.
 */
export function inRounds() {
  const counted = { rounds: 0 };
  let round: { readonly sent: Promise<void>; isCounted: boolean } | undefined;
  const begin = () => {
    const sent = new Promise<void>((resolve) => {
      setImmediate(() => {
        round = undefined;
        resolve();
      });
    });
    return { sent, isCounted: false };
  };
  const tap: Tap = async (command, next) => {
    round ??= begin();
    if (!round.isCounted && !isOfStanding(command)) {
      round.isCounted = true;
      counted.rounds += 1;
    }
    await round.sent;
    return next();
  };
  return { tap, counted };
}
