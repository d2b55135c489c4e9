import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Projection } from '../../domain/projections/projection.ts';
import { isAt, type ViewCheckpoint } from './view-items.ts';

/**
 * Which builds of its rows a read model has: one item a projection. Without the item nothing was ever built beside what
 * is served, and build 1 is served. A number is given to one build only, so that what is left of a dropped one cannot
 * show up in a later one. See docs/decisions/0036.
 */

/** One build of the rows of one revision. */
export interface Build {
  readonly revision: number;
  readonly build: number;
}

export const FIRST_BUILD = 1;

/** Whose rows are meant: those of a build, or of the one that is served. */
export type ModelRef = Pick<Projection, 'name' | 'revision' | 'reads'> & { readonly build?: number | undefined };

/** What is served. */
export interface Serving extends Build {
  /** The build that is made, to be served afterwards. */
  readonly building?: Build;
  /** What was served before. Nobody writes it. */
  readonly kept?: Build;
  /** The highest number that a build was given. */
  readonly last: number;
  /** How often the item has changed. */
  readonly changes: number;
}

export const sameBuild = (one: Build, other: Build | undefined): boolean =>
  one.revision === other?.revision && one.build === other.build;

export const buildOf = ({ revision, build }: Build): Build => ({ revision, build });

/** A build by name, as in the keys of its rows. */
export const buildName = (name: string, { revision, build }: Build): string => `${name}@${revision}.${build}`;

/** With a build of this revision to be made: the one that was served before, if it is of this revision, goes on. */
export function withOrder(serving: Serving, revision: number): Serving {
  const { kept, ...rest } = serving;
  if (kept && kept.revision === revision && serving.revision !== revision) return { ...rest, building: kept };
  const building = { revision, build: serving.last + 1 };
  return { ...serving, building, last: building.build };
}

const servingKey = (name: string) => ({ pk: `serving/${name}`, sk: 'serving' });

/** Holds while the item is the one that was read. */
const isStill = (was: Serving | undefined) =>
  was === undefined
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: '#changes = :changes',
        ExpressionAttributeNames: { '#changes': 'changes' },
        ExpressionAttributeValues: { ':changes': was.changes },
      };

export function createBuilds({ documents, table }: { documents: DynamoDBDocumentClient; table: string }) {
  async function serving(name: string): Promise<Serving | undefined> {
    const input = { TableName: table, Key: servingKey(name), ConsistentRead: true };
    const { Item } = await documents.send(new GetCommand(input));
    if (!Item) return undefined;
    const { pk: _, sk: __, ...serving } = Item;
    return serving as Serving;
  }

  const itemOf = (name: string, was: Serving | undefined, is: Omit<Serving, 'changes'>) => {
    const { revision, build, building, kept, last } = is;
    const others = { ...(building && { building }), ...(kept && { kept }) };
    return { ...servingKey(name), revision, build, ...others, last, changes: (was?.changes ?? 0) + 1 };
  };

  /** Replaces what was read; returns whether it was still so. */
  async function changeServing(name: string, was: Serving | undefined, is: Omit<Serving, 'changes'>): Promise<boolean> {
    try {
      await documents.send(new PutCommand({ TableName: table, Item: itemOf(name, was, is), ...isStill(was) }));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /**
   * Serves what was built, on condition that nothing has changed since it was read: what is served and where its build
   * stands (`old`), and that the new build has come to the end of the log and is not behind it. Returns whether it did.
   */
  async function flip(
    name: string,
    was: Serving,
    old: ViewCheckpoint,
    checkpointKey: (build: Build) => object,
  ): Promise<boolean> {
    const { building } = was;
    if (!building || old.closed) return false;
    const is = { ...buildOf(building), kept: buildOf(was), last: was.last };
    try {
      await documents.send(
        new TransactWriteCommand({
          TransactItems: [
            { Put: { TableName: table, Item: itemOf(name, was, is), ...isStill(was) } },
            { ConditionCheck: { TableName: table, Key: checkpointKey(was), ...isAt(old) } },
            { ConditionCheck: { TableName: table, Key: checkpointKey(building), ...isWholeFrom(old.position) } },
          ],
        }),
      );
      return true;
    } catch (error) {
      const reasons = (error instanceof TransactionCanceledException && error.CancellationReasons) || [];
      if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return false;
      throw error;
    }
  }

  return { serving, changeServing, flip };
}

const isWholeFrom = (position: number) => ({
  ConditionExpression: '#position >= :position AND #complete = :complete AND attribute_not_exists(#closed)',
  ExpressionAttributeNames: { '#position': 'position', '#complete': 'complete', '#closed': 'closed' },
  ExpressionAttributeValues: { ':position': position, ':complete': true },
});
