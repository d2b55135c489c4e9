import { sha256 } from '../runtime/sha256.ts';
import { type Coding, codings } from './negotiation.ts';

/** Entity tags and the conditions that name them (RFC 9110 §8.8.3, §13.1). */

export interface EntityTag {
  readonly isWeak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/** The tags that a condition lists, or every one. */
export type Condition = readonly EntityTag[] | '*';

/** One member of the list, with the comma before the next one. A list may have empty members. */
const member = /[ \t]*(?:(W\/)?("[\x21\x23-\x7e\x80-\u{10ffff}]*")[ \t]*)?(?:,|$)/uy;

/** A condition; undefined where the header has another form. Several lines of a header are one list, which may be empty. */
export function parseCondition(header: string): Condition | undefined {
  if (header.trim() === '*') return '*';
  const tags: EntityTag[] = [];
  for (member.lastIndex = 0; member.lastIndex < header.length; ) {
    const found = member.exec(header);
    if (!found) return undefined;
    const [, weak, opaque] = found;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
  }
  return tags;
}

/** The opaque tag with a digest of a value in it. */
export const tagOf = (value: string | Uint8Array, prefix = ''): string =>
  `"${prefix}${Buffer.from(sha256(Buffer.from(value)))
    .toString('hex')
    .slice(0, 40)}"`;

/**
 * The strong tag of an answer in a content coding, from that of the answer without one: what differs in its bytes differs
 * in its tag. A version before the dash stays.
 */
export function tagIn(coding: Coding | undefined, tag: string): string {
  if (coding === undefined) return tag;
  return tagOf(`${tag} ${coding}`, /^"(\d+-)/.exec(tag)?.[1]);
}

/** Which tag of the answer, in whatever coding, fits a list: the first that is named. `compare` decides whether weak ones do. */
export function tagNamed(tag: string, list: readonly EntityTag[], compare: 'weakly' | 'strongly'): string | undefined {
  const own = [undefined, ...codings].map((coding) => tagIn(coding, tag));
  const named = list.find(({ isWeak, opaque }) => own.includes(opaque) && (compare === 'weakly' || !isWeak));
  return named?.opaque;
}
