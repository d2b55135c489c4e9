/** A record's id is the name of its stream: the aggregate, a dash, 26 characters of base32 (RFC 4648, lower case). */
export const recordId = /^([a-z]+(?:-[a-z]+)*)-[a-z2-7]{26}$/;

/** The aggregate that an id belongs to, or `undefined` when the text is no record id. */
export const aggregateOf = (id: string): string | undefined => recordId.exec(id)?.[1];
