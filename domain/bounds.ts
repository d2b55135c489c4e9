/** How large things may grow. docs/decisions/ gives the reasons. */

/** Events of a record's stream, and the UTF-8 bytes of their canonical JSON. */
export const RECORD_EVENTS = 5_000;
export const RECORD_BYTES = 8_000_000;

/** How much of both the hosts of a record and its parties may fill, and how much everybody else but its owner. */
export const HOST_OR_PARTY_SHARE = 9 / 10;
export const OTHER_SHARE = 1 / 4;

/** Bytes of an event that a command decides. The store takes more, for attributes that are added later. */
export const COMMAND_EVENT_BYTES = 15 * 1024;
