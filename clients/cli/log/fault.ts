/**
 * The first fault that was found in a published log. It is thrown rather than returned, because verification streams and
 * ends at the first fault.
 */
export class LogFault extends Error {
  override readonly name = 'LogFault';
  /** The object or line that does not hold, such as `tile/0/003` or `checkpoint`. */
  readonly place: string;
  /** The first position that the fault is about. */
  readonly position: number | undefined;

  constructor(place: string, what: string, position?: number) {
    super(what);
    this.place = place;
    this.position = position;
  }
}

/** A sentence with place, position and fault. */
export const sentenceOf = ({ place, position, message }: LogFault): string =>
  `${place}${position === undefined ? '' : `, position ${position}`}: ${message}`;

export const toJson = ({ place, position, message }: LogFault) => ({
  place,
  ...(position === undefined ? {} : { position }),
  detail: message,
});
