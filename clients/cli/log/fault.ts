/**
 * The published log is not what it should be: the first fault that was found. It is thrown, not handed on, because
 * verification streams, and nothing after a fault is worth looking at.
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

/** In one sentence: which place, which position, what is wrong. */
export const sentenceOf = ({ place, position, message }: LogFault): string =>
  `${place}${position === undefined ? '' : `, position ${position}`}: ${message}`;

export const toJson = ({ place, position, message }: LogFault) => ({
  place,
  ...(position === undefined ? {} : { position }),
  detail: message,
});
