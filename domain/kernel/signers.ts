import type { PartialDate } from '../values/partial-date.ts';

/** A party of an agreement that has signed it, and whose signature stands. */
export interface SignedParty {
  readonly organization: string;
  /** The organization that it has signed for, as a branch for its legal entity. */
  readonly onBehalfOf?: string | undefined;
  /** The date of its signature, as its source gives it. */
  readonly on?: PartialDate | undefined;
}
