/** The first line of a proof of rows. */
export const ROWS_PROOF = 'registry-rows@v1';

/** A read model; its revision is the way in which it is made of the log. */
export interface ModelId {
  readonly name: string;
  readonly revision: number;
}
