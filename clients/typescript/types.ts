import type * as z from 'zod';
import type { commands as agreementCommands } from '../../domain/agreement/commands.ts';
import type {
  Collection as AnyCollection,
  FactIn,
  HistoryItemIn,
  PartyIn,
  RecordIn,
  SummaryIn,
} from '../../domain/answers/answers.ts';
import type { rowsAnswer } from '../../domain/answers/audit.ts';
import type { eventBatch } from '../../domain/answers/events.ts';
import type { programmeAnswer, timelinePage } from '../../domain/answers/lists.ts';
import type { Answer, Frozen, references } from '../../domain/answers/parts.ts';
import type { submissionReceipt } from '../../domain/answers/receipts.ts';
import type { overviewAnswer, statisticsAnswer } from '../../domain/answers/statistics.ts';
import type { commands as awardCommands } from '../../domain/award/commands.ts';
import type { commands as programmeCommands } from '../../domain/award-programme/commands.ts';
import type { commands as ceremonyCommands } from '../../domain/ceremony/commands.ts';
import type { commands as cohortCommands } from '../../domain/cohort/commands.ts';
import type { CommandType } from '../../domain/kernel/aggregate.ts';
import type { commands as launchCommands } from '../../domain/launch/commands.ts';
import type { commands as membershipCommands } from '../../domain/membership/commands.ts';
import type { commands as organizationCommands } from '../../domain/organization/commands.ts';
import type { erasePerson } from '../../domain/person/erasure.ts';
import type { commandsOnAnyRecord } from '../../domain/record/commands.ts';
import type { evidenceItem } from '../../domain/values/evidence.ts';
import type { localizedText } from '../../domain/values/text.ts';

/**
 * The types of what is sent and answered: the only file of the client that takes types from the register's own shapes.
 * None of these types has a parameter, so that the package can have them written out, without zod.
 */

export type { Health, ReadModelAnswer } from '../../domain/answers/audit.ts';
export type {
  ActivityItem,
  ClientEntry,
  DisputeEntry,
  DuplicateGroup,
  VaultAnswer,
} from '../../domain/answers/lists.ts';
export type { Member } from '../../domain/answers/memberships.ts';
export type { RoleCounts, Total } from '../../domain/answers/parts.ts';
export type { Receipt } from '../../domain/answers/receipts.ts';
export type { Summary } from '../../domain/answers/record.ts';
export type { SearchAnswer, SearchHit } from '../../domain/answers/search.ts';
export type { Measure } from '../../domain/kernel/counted.ts';
export type { Refusal } from '../../domain/kernel/refusal.ts';
export type { BundleId, TileId } from '../../domain/log/tiles.ts';
export type { Rule } from '../../domain/problems.ts';

export interface Citation extends Answer<typeof evidenceItem> {}
export interface Remark extends Answer<typeof localizedText> {}
export type References = Answer<typeof references>;
export type SubmissionReceipt = Answer<typeof submissionReceipt>;
export type TimelineItem = Answer<typeof timelinePage>['items'][number];
export type Programme = Answer<typeof programmeAnswer>;
export type StatisticsRow = Answer<typeof statisticsAnswer>['rows'][number];
export type ShownFigure = Pick<StatisticsRow, 'count' | 'records' | 'link'>;
export type Overview = Answer<typeof overviewAnswer>;
export type FeedEvent = Answer<typeof eventBatch>[number];
export type ReadModelRow = Answer<typeof rowsAnswer>['items'][number];

interface CommandLists {
  organizations: typeof organizationCommands;
  ceremonies: typeof ceremonyCommands;
  agreements: typeof agreementCommands;
  memberships: typeof membershipCommands;
  'award-programmes': typeof programmeCommands;
  awards: typeof awardCommands;
  launches: typeof launchCommands;
  cohorts: typeof cohortCommands;
}
interface Names {
  organizations: 'organization';
  ceremonies: 'ceremony';
  agreements: 'agreement';
  memberships: 'membership';
  'award-programmes': 'award-programme';
  awards: 'award';
  launches: 'launch';
  cohorts: 'cohort';
}

type Sent<Schema extends z.ZodType> = Frozen<z.input<Schema>>;
type OnAny<Of extends AnyCollection> = ReturnType<typeof commandsOnAnyRecord<Names[Of]>>[number];
type Definition<Of extends AnyCollection> = Of extends AnyCollection ? CommandLists[Of][number] | OnAny<Of> : never;
type ActNamed<One extends CommandType> = NonNullable<One['act']>;
type OpeningNamed<One extends CommandType> = [One['act']] extends [undefined] ? One['name'] : never;
type DefaultNamed<One extends CommandType> = One extends CommandType
  ? true extends One['default']
    ? One['name']
    : never
  : never;

export type PersonErasure = Sent<(typeof erasePerson)['schema']>;

/** The data of the commands that open a record, by collection and name. */
export type Openings = {
  readonly [Of in AnyCollection]: {
    readonly [One in Definition<Of> as OpeningNamed<One>]: Sent<One['schema']>;
  };
};
/** The name of the command that is meant where a request names none. */
export type DefaultOpenings = { readonly [Of in AnyCollection]: DefaultNamed<Definition<Of>> };
/** The data of the acts on a record, by collection and act. */
export type Acts = {
  readonly [Of in AnyCollection]: { readonly [One in Definition<Of> as ActNamed<One>]: Sent<One['schema']> };
};
export type Records = { readonly [Of in AnyCollection]: RecordIn<Of> };
export type Summaries = { readonly [Of in AnyCollection]: SummaryIn<Of> };
export type HistoryItems = { readonly [Of in AnyCollection]: HistoryItemIn<Of> };
export type ListedFacts = { readonly [Of in AnyCollection]: FactIn<Of> };
export type ListedParties = { readonly [Of in AnyCollection]: PartyIn<Of> };
