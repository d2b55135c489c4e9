import type * as z from 'zod';
import type { Rule } from '../problems.ts';
import type { Evidence } from '../values/evidence.ts';
import type { Name } from '../values/names.ts';
import type { Day, PartialDate } from '../values/partial-date.ts';
import type { Counted } from './counted.ts';
import type { EventDraft, ReadEvent, RegistryEvent } from './event.ts';
import type { DatedFact } from './history.ts';
import type { Lifecycle, Reading } from './lifecycle.ts';
import type { Refusal, Result, Warning } from './refusal.ts';

/** Who submits: the client of the token and the organization that the register says it acts for. */
export interface Actor {
  readonly client: string;
  readonly organization?: string;
  /** Whether the stage's configuration names the client as a registrar. */
  readonly isRegistrar?: boolean;
}

/** A record as its events tell it: what all aggregates share around the aggregate's own state. */
export interface FoldedRecord<State = unknown> {
  readonly id: string;
  readonly aggregate: Aggregate<State>;
  readonly state: State;
  /** Version of the last event folded. */
  readonly version: number;
  /** When the record was opened. */
  readonly recordedAt: string;
  /** When its last event was recorded. */
  readonly changedAt: string;
  readonly submitter: Actor;
  readonly voices: Voices;
  /** The organizations that have ever spoken on it as a host or a party, whatever they said. */
  readonly speakers: ReadonlySet<string>;
  /** The cohort that counts the record among its unnamed ones. */
  readonly cohort?: string;
  /** Of a membership in such a cohort: whether as an intent or as a member. */
  readonly countedAs?: 'intents' | 'members' | undefined;
  /** The aggregate's own events as corrections leave them, without those of what was retracted. */
  readonly events: readonly ReadEvent[];
  /** Evidence that was added to that of its facts: see `evidenceOf`. */
  readonly addedEvidence: readonly AddedEvidence[];
  /** What was set right, and what of it was registered in error: as long as the retraction is not withdrawn. */
  readonly corrections: readonly Correction[];
  readonly retractions: readonly Retraction[];
  /** The events that each of these retractions took away, as they were then. */
  readonly retracted: readonly RetractedEvents[];
  /** Whether all of it was registered in error. */
  readonly isRetracted: boolean;
}

interface AddedEvidence {
  readonly version: number;
  readonly evidence: Evidence;
}

interface Correction {
  /** Version of the event that corrects, and of the one that it corrects. */
  readonly version: number;
  readonly corrects: number;
  readonly reason: string;
}

interface Retraction {
  readonly version: number;
  readonly reason: string;
  readonly period?: number | undefined;
  readonly replacedBy?: readonly string[] | undefined;
}

interface RetractedEvents {
  /** Version of the retraction, and the period that it names. */
  readonly version: number;
  readonly period?: number | undefined;
  readonly events: readonly ReadEvent[];
}

/** Who has spoken: what the evidence ladder is derived from. */
export interface Voices {
  readonly host: boolean;
  /** The organizations that have spoken for themselves, as a party or as the host. */
  readonly parties: ReadonlySet<string>;
  /** The hosts and parties that say that it is not so, each with what it says. */
  readonly disputes: ReadonlyMap<string, Dispute>;
}

interface Dispute {
  readonly by: string;
  readonly grounds: string;
  readonly version: number;
}

/** Finds another record, as a strongly consistent read has found it: `undefined` when it does not exist. */
export interface Lookup {
  /** @throws when the record was not read, which is a bug: it may well exist. */
  (id: string): FoldedRecord | undefined;
  /** For rules that take what nobody read as unknown. */
  readonly ifRead: (id: string) => FoldedRecord | undefined;
}

/** The look-up among streams that were read, each with the record in it, if there is one. */
export function lookupIn(stream: (id: string) => { readonly record: FoldedRecord | undefined } | undefined): Lookup {
  const lookup = (id: string) => {
    const found = stream(id);
    if (!found) throw new Error(`${id} was not read`);
    return found.record;
  };
  return Object.assign(lookup, { ifRead: (id: string) => stream(id)?.record });
}

/** Everything a decider may know besides the command and the record's own state. */
export interface Context {
  /** The stream of the record that the command opens or acts on. */
  readonly id: string;
  /** The day of the decision: see `dayOf`. */
  readonly today: Day;
  /** The day on which the record was opened; today for one that is being opened. */
  readonly opened: Day;
  readonly actor: Actor;
  readonly lookup: Lookup;
  /**
   * Memberships that the command does not name: of a membership those between the same two under other ids of theirs, of a
   * merge those of both organizations.
   */
  readonly memberships?: readonly FoldedRecord[];
}

export interface Decision {
  readonly events: readonly EventDraft[];
  /** What the same decision records about other records, which the command refers to. They land together. */
  readonly others?: readonly OtherRecord[];
  readonly warnings?: readonly Warning[];
  /** Other records that it rests on as they were read: it lands only while nothing has come after that. */
  readonly restsOn?: readonly string[];
  /** Who says so, as the record knows the organization: see `asKnownTo`. */
  readonly speaker?: Actor;
}

interface OtherRecord {
  readonly id: string;
  readonly events: readonly EventDraft[];
  readonly speaker?: Actor;
}

/** What the lists, rosters and rights need to know of a record, whatever its aggregate. */
export interface IndexFields {
  readonly kind?: string;
  readonly names: readonly Name[];
  /** The names that it no longer bears. */
  readonly formerNames?: readonly Name[];
  /** When the fact happened, where a source says so. */
  readonly on?: PartialDate;
  /** The ceremony at which it happened, or that it is a part of. */
  readonly ceremony?: string;
  /** What else it belongs to, by the parameter that lists it: a membership's body, an award's programme. */
  readonly within?: Readonly<Record<string, string>>;
  /** Organizations that host the record: a ceremony's hosts, a membership's body, who confers an award. */
  readonly hosts: readonly string[];
  /** Whether these alone host it, and not those of the ceremony at which it happened. */
  readonly hostsAlone?: true;
  /** Organizations that are party to it. */
  readonly parties: readonly string[];
  /** Whether a party is described without being named: it cannot have spoken. */
  readonly unnamedParty?: boolean;
  /** Whether its own facts contradict each other, as the counts of two sources may. */
  readonly isDisputed?: boolean;
  /** Organizations that take part in it in whatever way: hosts, parties, role holders, whom it is about. */
  readonly participants: readonly string[];
  /** In which role each does: whoever has several stands there several times. */
  readonly roles: readonly Participation[];
  /** The day of its closing: no fact that refers to it is dated after it. */
  readonly closedOn?: PartialDate;
  /** The days of its earlier closings, and of the restorations after them: no such fact is dated in between. */
  readonly closedBetween?: readonly (readonly [closing: PartialDate, restoration: PartialDate])[];
  /** Of an organization that was merged: the one that it is now. */
  readonly mergedInto?: string;
  /** The organizations that were merged into it. */
  readonly absorbed?: readonly string[];
}

/** That an organization takes part in a record. */
export interface Participation {
  readonly organization: string;
  readonly role: string;
}

/** Who takes part, from the roles of all. */
export const takingPart = (roles: readonly Participation[]): Pick<IndexFields, 'participants' | 'roles'> => ({
  participants: roles.map(({ organization }) => organization),
  roles,
});

/** These organizations, all in one role. */
export const inRole = (role: string, organizations: readonly string[]): Participation[] =>
  organizations.map((organization) => ({ organization, role }));

/** A value that only one record may hold. It is reserved in a stream of its own, `<kind>-<key>`, in the same transaction. */
export interface Held {
  readonly kind: ReservationKind;
  /** The value; several parts are hashed into one key. */
  readonly key: string | readonly string[];
  /** The key under which earlier releases reserved it: a record of theirs may hold it there. */
  readonly formerly?: readonly string[];
}
export type ReservationKind = 'lei' | 'uscc' | 'identifier' | 'client' | 'conferral';

type Scope = 'registry/submit' | 'registry/registrar';

export interface CommandDefinition<State = unknown> {
  /** Its name among all commands, e.g. `register-agreement`; of an act an earlier spelling, see `commandName`. */
  readonly name: string;
  /** The last part of the path for an act on a record; absent for a command that opens one. */
  readonly act?: string;
  /** Whether the collection's POST means this command when its body names none. */
  readonly default?: boolean;
  readonly scope: Scope;
  /** Whether a registrar may submit it too: on any record, or only on one that is not its submitter's. */
  readonly registrarToo?: 'on-any' | 'beyond-the-submitters';
  /** Who may act on a record: its submitter, a host or a party, unless something else is said (`rightLacking`). */
  readonly by?: 'anyone' | 'owner' | 'author' | 'host-or-party';
  /** The type of event that it records: what a correction of such an event is judged by. */
  readonly records: string;
  /** The further types of events that it may make, of its record or of others. */
  readonly alsoMakes?: readonly string[];
  /** Whether its rules judge the whole history of the record, and so look at all that this refers to. */
  readonly judgesHistory?: true;
  /** Whether a record that was retracted takes it. */
  readonly onRetracted?: true;
  readonly summary: string;
  /** The rules that it may be refused by: those of its `decide`, and those of the values that it takes (`holds`). */
  readonly rules?: readonly Rule[];
  readonly schema: z.ZodType;
  /** The organization whose own act it is, such as the party that signs: that one may always record it. */
  concerns?(data: object, state: State): string | undefined;
  /** Records that its rules look at although neither its data nor the record's `reads` name them. */
  reads?(data: object, state: State, lookup: Lookup): readonly string[];
  /** The organizations that its rules follow relations to, as far as they were read: it is asked again when these were. */
  follows?(data: object, state: unknown, lookup: Lookup): readonly string[];
  /** Whether its rules look at the memberships of its organizations: see `Context.memberships`. */
  readonly readsMemberships?: true;
  /** An example payload that validates; `#names` stand for ids as in a submission. */
  readonly example: object;
  decide(data: object, state: State, context: Context): Result<Decision>;
}

/**
 * The name by which submissions and documents call a command. An act has that of its path, since its target tells the
 * collection; what opens a record has one of its own.
 */
export const commandName = ({ name, act }: Pick<CommandDefinition, 'name' | 'act'>): string => act ?? name;

/** The types of all events that a command may make, beside those of the registry's own bookkeeping. */
export const makes = ({ records, alsoMakes = [] }: Pick<CommandDefinition, 'records' | 'alsoMakes'>): string[] => [
  records,
  ...alsoMakes,
];

/** What the type of a definition tells of its command: clients take the types of what they send from it. */
export interface CommandType<
  Name extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Act extends string | undefined = string | undefined,
  Default extends boolean | undefined = boolean | undefined,
> {
  readonly name: Name;
  readonly schema: Schema;
  readonly act?: Act;
  readonly default?: Default;
}

/** Gives `decide` the type that the schema parses, so that the two cannot drift apart. */
export const command = <
  Schema extends z.ZodType,
  const Name extends string,
  State = undefined,
  const Act extends string | undefined = undefined,
  const Default extends boolean | undefined = undefined,
>(
  definition: CommandType<Name, Schema, Act, Default> &
    Omit<CommandDefinition<State>, keyof CommandType | 'decide' | 'concerns' | 'reads' | 'follows'> & {
      reads?: (data: z.output<Schema>, state: State, lookup: Lookup) => readonly string[];
      follows?: (data: z.output<Schema>, state: unknown, lookup: Lookup) => readonly string[];
      concerns?: (data: z.output<Schema>, state: State) => string | undefined;
      decide: (data: z.output<Schema>, state: State, context: Context) => Result<Decision>;
    },
) => definition as unknown as CommandDefinition<State> & CommandType<Name, Schema, Act, Default>;

/** A version that the data of a type once had. Events that were recorded in it stay so, and are read as the current one. */
export interface OlderVersion {
  /** What it says otherwise than the next version, in a sentence. */
  readonly differs: string;
  readonly schema: z.ZodType;
  /** The data in the terms of the next version. Pure; it takes whatever its schema accepts. */
  upcast(data: object): object;
}

/** Gives `upcast` the type that the schema parses. */
export const olderVersion = <Schema extends z.ZodType>(
  version: Omit<OlderVersion, 'schema' | 'upcast'> & {
    schema: Schema;
    upcast: (data: z.output<Schema>) => object;
  },
): OlderVersion & { readonly schema: Schema } => version as OlderVersion & { readonly schema: Schema };

export interface EventDefinition {
  readonly type: string;
  /** The current version of its data: what is recorded from now on. */
  readonly version: number;
  /** The versions before it, from 1 on. */
  readonly older?: readonly OlderVersion[];
  readonly meaning: string;
  readonly schema: z.ZodType;
  /** Whether who says so does not say that the record is so: a party that declines confirms nothing. */
  readonly denies?: true;
  /** Whether it lands together with events of other streams, and so is never corrected. */
  readonly joint?: true;
  /** Whether the registry records it when its day has come (`due`), and no command does. */
  readonly due?: true;
}

/** An aggregate is one folder, and this one value in the catalog. */
export interface Aggregate<State = unknown, Event extends RegistryEvent = RegistryEvent> {
  readonly name: string;
  /** The path segment of its records. */
  readonly collection: string;
  /** The letter of its register numbers. */
  readonly letter: string;
  // biome-ignore lint/suspicious/noExplicitAny: openings decide without a state, acts with one
  readonly commands: readonly CommandDefinition<any>[];
  readonly events: readonly EventDefinition[];
  /** Collects the dated facts; it never refuses. */
  readonly evolve: (state: State | undefined, event: Event) => State;
  /** Every state that `lifecycle.statusOn` can answer. */
  readonly states: readonly string[];
  /** Every kind that `indexFields` can tell, where its records are of kinds. */
  readonly kinds?: readonly string[];
  readonly lifecycle: StateByDay<State>;
  readonly indexFields: (state: State) => IndexFields;
  /** What lists say of a record beside what they say of records of all aggregates, as of a day: small, whatever the record. */
  readonly listed?: (state: State, day: Day) => object;
  /** Of records at which others happen: what their programme says beside that, of a bounded size. */
  readonly programme?: (state: State) => { readonly roles: readonly object[]; readonly unnamed: readonly object[] };
  /** The fields of a record as readers see them on a day; without it, the state as it is. */
  readonly present?: (state: State, day: Day) => object;
  /** Further parameters by which its records are listed, and the aggregate that each names: see `IndexFields.within`. */
  readonly lists?: Readonly<Record<string, string>>;
  /** The values that a record in this state holds, and no other record may. */
  readonly holds?: (state: State) => readonly Held[];
  /** The records that rules on acts look at, besides those that the command refers to. */
  readonly reads?: (state: State) => readonly string[];
  /**
   * What makes up the identity of a record that is the one of its kind, such as a membership: body and organization. Its
   * openings meet in one stream. Without it, every opening makes a new record.
   */
  identity?(data: object): readonly string[];
  /** Whether its records can be among those that a cohort counts without naming them. */
  readonly identifiable?: true;
  readonly periods?: Periods<State>;
  readonly matching?: Matching<State>;
  /** See `CommandDefinition.follows`: of commands that any record takes. */
  readonly follows?: (data: object, state: unknown, lookup: Lookup) => readonly string[];
  readonly result?: Judged;
  /** What it counts for in the statistics; asked of a record that was retracted, too. */
  readonly counted?: (record: FoldedRecord<State>) => readonly Counted[];
  /** The clients that act for the record. */
  readonly appointments?: (record: FoldedRecord<State>) => readonly Appointment[];
}

/** What speaks against a record as a command leaves it, whichever command it is. */
interface Judged {
  readonly rules: readonly Rule[];
  readonly judge: (
    before: FoldedRecord | undefined,
    after: FoldedRecord,
    given: { readonly data: object; readonly lookup: Lookup },
  ) => Pick<Decision, 'warnings' | 'restsOn'> & { readonly refusals: readonly Refusal[] };
}

/** That a client acts for an organization. */
export interface Appointment {
  readonly client: string;
  /** When that was recorded, and since when it is so where its evidence tells. */
  readonly since: string;
  readonly on?: PartialDate | undefined;
  /** Version of the event that says so, and the client's place among those that it names. */
  readonly version: number;
  readonly rank: number;
}

/** How the state of a record follows from its facts, day by day. */
interface StateByDay<State> {
  /** The state that the collected facts give for a day. What may have happened by then counts, if nothing else is asked. */
  readonly statusOn: (state: State, day: Day, reading?: Reading) => string;
  /** The same for several days in their order: what may have happened by then counts. Without it, day by day. */
  readonly statusesOn?: (state: State, days: readonly Day[]) => readonly string[];
  /** Whether the dates leave open which state a day finds; without it, two readings of the dates that agree are enough. */
  readonly isOpenOn?: (state: State, day: Day) => boolean;
  /** The days on which the state may change although nothing is recorded. */
  readonly days?: (state: State) => readonly Day[];
  /** The fact that a day brings about by having come, such as an expiry. */
  readonly due?: (state: State, day: Day) => EventDraft | undefined;
  /** The days that bring about something so. */
  readonly dueDays?: (state: State) => readonly Day[];
  /** Its lifecycles, by what each is about: for the documents. */
  // biome-ignore lint/suspicious/noExplicitAny: each lifecycle has states and facts of its own
  readonly diagrams?: Readonly<Record<string, Lifecycle<any, any>>>;
}

/** The periods that a record consists of, such as the stays of a membership: rosters show them, each has a register number. */
interface Periods<State> {
  readonly of: (state: State) => readonly Period[];
  /** A record of this identity without any fact: some of its facts can be retracted. */
  readonly empty: (state: State) => State;
  /** Whether the record has a period that lasts on a day for certain. */
  readonly isLive: (record: FoldedRecord, day: Day) => boolean;
  /** What a roster says of a period on a day; `undefined` when it certainly did not last then. */
  seatOn(facts: readonly DatedFact[], day: Day, bounds?: Bounds): Seat | undefined;
}

/** How a period of a record stood on a day. */
export interface Seat {
  readonly state: string;
  readonly class?: string;
  /** Whether it lasted on that day for certain, or only as far as partial dates allow. */
  readonly certainty: 'certain' | 'possible';
}

/** What two records would share if they were one, in a form that spelling does not change. */
interface Matching<State> {
  readonly keys: (state: State) => readonly string[];
  /** Those that an event says, for the warning to its submitter. */
  readonly keysIn: (event: RegistryEvent) => readonly string[];
}

/** Between which days a period lasts at most, as the ones beside it tell. */
export interface Bounds {
  /** The first day on which the one before it may have ended. */
  readonly notBefore?: Day;
  /** The first day on which the next one must have begun. */
  readonly over?: Day;
}

/** One stay of an organization in a body: what a roster's row holds. */
export interface Period extends Bounds {
  readonly body: string;
  readonly organization: string;
  /** Version of the event that began it. */
  readonly version: number;
  /** When it became a membership, and when it ended, as the sources say; without it, it never did. */
  readonly from?: PartialDate | 'unknown';
  readonly to?: PartialDate | 'unknown';
  /** The facts of the stay, in their order. */
  readonly facts: readonly DatedFact[];
}
