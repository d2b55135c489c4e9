/** How large things may grow. docs/decisions/0020 to 0022 give the reasons. */

/** Events of a record's stream, and the UTF-8 bytes of their canonical JSON. */
export const RECORD_EVENTS = 5_000;
export const RECORD_BYTES = 8_000_000;

/** How much of both the hosts of a record and its parties may fill, and how much everybody else but its owner. */
export const HOST_OR_PARTY_SHARE = 9 / 10;
export const OTHER_SHARE = 1 / 4;

/** Events of one commit. */
export const COMMIT_EVENTS = 100;

/** Bytes of an event that a command decides. The store takes more, for attributes that are added later. */
export const COMMAND_EVENT_BYTES = 15 * 1024;

/** Comparisons that the rules make for one request: one takes a tenth of a microsecond or less. */
export const COMPARISONS = 5_000_000;

/** Organizations that rules follow relations to, under each of their ids: along one chain, and for one request. */
export const CHAIN = 60;
export const FOLLOWED = 250;

/** Periods of a record that are retracted: each makes whoever folds the record evolve its state once more. */
export const RETRACTED_PERIODS = 100;

/** Names, and organizations that take part, in a record's summary. */
export const SUMMARY_NAMES = 20;
export const SUMMARY_PARTICIPANTS = 20;
/** Parties, recipients or hosts in it, and identifiers. */
export const SUMMARY_PARTIES = 20;
export const SUMMARY_IDENTIFIERS = 10;

/** Roles of one ceremony in a programme. */
export const PROGRAMME_ROLES = 100;

/** Rows that one request looks at, and bytes of them and of the summaries that they lead to. */
export const LOOK_ROWS = 500;
export const LOOK_BYTES = 4_000_000;

/** Records that the items of one page refer to. */
export const PAGE_REFERENCES = 1_000;

/** Characters of a text that is looked for: no name is longer. */
export const QUERY_CHARACTERS = 500;

/** Facts in a row of a roster. */
export const STAY_FACTS = 50;

/** What words that mention a person take in an answer, at most, in bytes. */
export const BYTES_OF_WORDS = 600;

/** JSON of the items of one page, in bytes. */
export const PAGE_BYTES = 2_000_000;

/** Items of each list in a record's answer, and their JSON in bytes. The rest is read in pages. */
export const SHOWN = 100;
export const SHOWN_BYTES = 250_000;

/**
 * What a record's answer reads to tell which of its events were overtaken: other records, the bytes of their events, its
 * own events that others came close to, and the bytes that are folded for these.
 */
export const OVERTAKEN_RECORDS = 250;
export const OVERTAKEN_BYTES = RECORD_BYTES;
export const OVERTAKEN_EVENTS = 100;
export const OVERTAKEN_FOLDED = 4 * RECORD_BYTES;

/** Places that an event of a history says to have changed, and their JSON in bytes. */
export const CHANGES_SHOWN = 100;
export const CHANGES_BYTES = 250_000;

/** Events that one answer proves to be in the log. */
export const EVENTS_PROVEN = 200;

/** Records whose names one answer has, and their JSON in bytes. */
export const NAMED = 100;
export const REFERENCES_BYTES = 500_000;

/** Canonical JSON of a row, `[partition, sort, value]`, in bytes. */
export const ROW_BYTES = 65_536;

/** Records that a projection sets aside before it stops: in all, and of the last commits of the log. */
export const ASIDE_RECORDS = 20;
export const ASIDE_RECENT = 10;
export const RECENT_COMMITS = 1_000;

/** Characters of the reason why a record was set aside. */
export const ASIDE_REASON = 300;
