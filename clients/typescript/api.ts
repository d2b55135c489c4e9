import type { ActIn, CollectionName, OpeningIn, SubmittedCommand } from './commands.ts';
import type { EventsQuery } from './feed.ts';
import type { StatisticsQuery } from './figures.ts';
import type { ActivityBody, CountedBody, ListBody, PageBody, Pages, ReferringBody, RosterBody } from './pages.ts';
import type { Answered, AtLeast, ReadOptions } from './reading.ts';
import type { ActOptions, SubmitOptions, Submitted } from './submitting.ts';
import type { Transport } from './transport.ts';
import type {
  Acts,
  BundleId,
  Citation,
  ClientEntry,
  DisputeEntry,
  DuplicateGroup,
  FeedEvent,
  Health,
  HistoryItems,
  ListedFacts,
  ListedParties,
  Overview,
  PersonErasure,
  Programme,
  ReadModelAnswer,
  ReadModelRow,
  Receipt,
  Records,
  SearchAnswer,
  ShownFigure,
  StatisticsRow,
  SubmissionReceipt,
  Summaries,
  Summary,
  TileId,
  TimelineItem,
  VaultAnswer,
} from './types.ts';

export interface Paged extends ReadOptions, AtLeast {
  /** The most items of one page. */
  readonly limit?: number | undefined;
}

export interface KnownAtQuery {
  /** What the registry knew then: a position of the log, or a time. */
  readonly knownAt?: number | Date | string | undefined;
}

export interface RecordQuery extends ReadOptions, AtLeast, KnownAtQuery {
  /** The day whose state is asked for. */
  readonly validOn?: string | undefined;
}

type OneOrMore<Value> = Value | readonly Value[];

/** What a record of the collection belongs to, such as the body of a membership; of most, nothing. */
type WithinIn<Of extends CollectionName> = Summaries[Of] extends { readonly within?: infer Within }
  ? string extends keyof NonNullable<Within>
    ? never
    : keyof NonNullable<Within>
  : never;
type KindIn<Of extends CollectionName> = Summaries[Of] extends { readonly kind?: infer Kind }
  ? NonNullable<Kind>
  : never;

export type ListQuery<Of extends CollectionName> = Paged & {
  readonly [Parameter in Extract<WithinIn<Of>, string>]?: string | undefined;
} & {
  readonly organization?: string | undefined;
  readonly ceremony?: string | undefined;
  readonly kind?: OneOrMore<KindIn<Of>> | undefined;
  readonly state?: OneOrMore<Summaries[Of]['state']> | undefined;
  readonly standing?: OneOrMore<Summaries[Of]['standing']> | undefined;
  /** Facts of this day and later. */
  readonly from?: string | undefined;
  /** Facts of this day and earlier. */
  readonly to?: string | undefined;
};

export interface SearchQuery extends Paged {
  readonly collection?: CollectionName | undefined;
  /** One kind, or several. */
  readonly kind?: OneOrMore<string> | undefined;
}

interface Submitting {
  /** Opens a record. */
  open<Of extends CollectionName>(
    collection: Of,
    data: OpeningIn<Of>,
    options?: SubmitOptions,
  ): Promise<Submitted<Receipt>>;
  /** An act on a record. */
  act<Of extends CollectionName, Act extends ActIn<Of>>(
    collection: Of,
    id: string,
    act: Act,
    data: Acts[Of][Act],
    options?: ActOptions,
  ): Promise<Submitted<Receipt>>;
  /** Up to 99 commands that land together or not at all. */
  submit(commands: readonly SubmittedCommand[], options?: SubmitOptions): Promise<Submitted<SubmissionReceipt>>;
  /** Erases the name of a person; for registrars. */
  erase(person: string, data: PersonErasure, options?: SubmitOptions): Promise<Submitted<Receipt>>;
}

interface Reading {
  /** The records of a collection, latest first. */
  list<Of extends CollectionName>(collection: Of, query?: ListQuery<Of>): Pages<ListBody<Summaries[Of]>>;
  /** One record, with the names of what it refers to. */
  record<Of extends CollectionName>(collection: Of, id: string, query?: RecordQuery): Promise<Answered<Records[Of]>>;
  /** The record of a register number such as `A-144`. */
  byNumber(number: string, query?: ReadOptions): Promise<Answered<Records[CollectionName]>>;
  /** The events of a record, oldest first, with what each changed. */
  history<Of extends CollectionName>(
    collection: Of,
    id: string,
    query?: Paged & KnownAtQuery,
  ): Pages<PageBody<HistoryItems[Of]>>;
  /** All evidence of a record, of which the record itself shows the first 100 pieces. */
  evidence(collection: CollectionName, id: string, query?: Paged & KnownAtQuery): Pages<CountedBody<Citation>>;
  /** All that happened to a record, and all that was said of it. */
  facts<Of extends CollectionName>(
    collection: Of,
    id: string,
    query?: Paged & KnownAtQuery,
  ): Pages<CountedBody<ListedFacts[Of]>>;
  /** All parties to a record, of which the record itself shows the first 100. */
  parties<Of extends CollectionName>(
    collection: Of,
    id: string,
    query?: Paged & RecordQuery,
  ): Pages<CountedBody<ListedParties[Of]>>;
  /** The roster of a body on a day, by default today. */
  members(organization: string, query?: Paged & { readonly on?: string | undefined }): Pages<RosterBody>;
  /** All that an organization took part in, and in which roles, last recorded first. */
  activity(organization: string, query?: Paged): Pages<ActivityBody>;
  /** The records that are called so, or have that number or identifier, the best first. */
  search(text: string, query?: SearchQuery): Pages<SearchAnswer>;
  /** All that was recorded, last recorded first. */
  timeline(query?: Paged): Pages<ReferringBody<TimelineItem>>;
  /** The parts of a ceremony, its roles, and everything recorded at it. */
  programme(ceremony: string, query?: ReadOptions & AtLeast): Promise<Answered<Programme>>;
  /** How many there are, by time and by what people choose by. */
  statistics(query: StatisticsQuery): Pages<ReferringBody<StatisticsRow>>;
  /** The records that a figure counts. */
  behind(figure: Pick<ShownFigure, 'link'>, query?: Paged): Pages<ReferringBody<Summary>>;
  /** The key figures of a front page, and what was recorded last. */
  overview(query?: ReadOptions & AtLeast): Promise<Answered<Overview>>;
}

interface ReadingOfRegistrars {
  /** Organizations that probably are one. */
  duplicates(query?: Paged): Pages<PageBody<DuplicateGroup>>;
  /** Which client acts for which organization. */
  clients(query?: Paged): Pages<ReferringBody<ClientEntry>>;
  /** Open disputes. */
  disputes(query?: Paged): Pages<ReferringBody<DisputeEntry>>;
  /** What the vault has of a person. */
  person(id: string, query?: ReadOptions): Promise<Answered<VaultAnswer>>;
}

interface Auditing {
  /** The events of the log in their order; with `follow` those to come, too. */
  events(query?: EventsQuery): Pages<PageBody<FeedEvent>>;
  /** One event: its exact bytes, which are the leaf of the log. */
  event(stream: string, version: number, query?: ReadOptions): Promise<Uint8Array>;
  /** The proof that an event is in the log (C2SP tlog-proof). */
  proof(stream: string, version: number, query?: ReadOptions): Promise<string>;
  /** The signed checkpoint (C2SP signed note). */
  checkpoint(query?: ReadOptions): Promise<string>;
  /** The key that verifies checkpoints. */
  vkey(query?: ReadOptions): Promise<string>;
  /** A tile of hashes (C2SP tlog-tiles). */
  tile(id: TileId, query?: ReadOptions): Promise<Uint8Array>;
  /** A bundle of entries (C2SP tlog-tiles). */
  entries(id: BundleId, query?: ReadOptions): Promise<Uint8Array>;
  /** Position and digest of every read model. */
  projections(query?: ReadOptions): Promise<Answered<{ readonly items: readonly ReadModelAnswer[] }>>;
  projection(name: string, query?: ReadOptions): Promise<Answered<ReadModelAnswer>>;
  /** All rows of a read model, in no order. */
  rows(
    name: string,
    query?: Omit<Paged, 'minPosition'>,
  ): Pages<PageBody<ReadModelRow> & { readonly position?: number }>;
  /** Whether sealing and the read models keep up. */
  health(query?: ReadOptions): Promise<Answered<Health>>;
}

/** A registry behind its address. What it answers instead of what was asked for is thrown as a `RegistryProblem`. */
export interface Registry extends Submitting, Reading, ReadingOfRegistrars, Auditing {
  /** For requests of your own, with the same retries. */
  readonly transport: Transport;
}
