import { type Accept, parseAccept } from 'hono/utils/accept';

/** How much a range of `Accept` tells of a media type: nothing, all media types, those of a type, or this one. */
function specificity(range: string, mediaType: string): number {
  const asked = range.toLowerCase();
  if (asked === mediaType) return 3;
  if (asked === `${mediaType.split('/', 1)[0]}/*`) return 2;
  // A lone asterisk is no range of the standard; Java has sent it for decades.
  return asked === '*/*' || asked === '*' ? 1 : 0;
}

/** What the most specific range says (RFC 9110 §12.5.1); 0 where none fits. */
function qualityOf(mediaType: string, ranges: readonly Accept[]): number {
  let best = { specificity: 0, q: 0 };
  for (const { type, q } of ranges) {
    const found = specificity(type, mediaType);
    if (found > best.specificity) best = { specificity: found, q };
  }
  return best.q;
}

/** The media type that a request prefers among those that there are, the earlier of equals; undefined if it takes none. */
export function preferredType(accept: string | undefined, mediaTypes: readonly string[]): string | undefined {
  const ranges = parseAccept(accept ?? '');
  if (ranges.length === 0) return mediaTypes[0];
  return preferred(mediaTypes, (mediaType) => qualityOf(mediaType, ranges));
}

export type Coding = 'br' | 'gzip';
/** The content codings that there are, the better one first. */
export const codings: readonly Coding[] = ['br', 'gzip'];

/** The content coding that a request prefers (RFC 9110 §12.5.3); undefined for none. */
export function preferredCoding(acceptEncoding: string | undefined): Coding | undefined {
  const asked = new Map(parseAccept(acceptEncoding ?? '').map(({ type, q }) => [type.toLowerCase(), q]));
  const quality = (coding: string) => asked.get(coding) ?? (coding === 'gzip' ? asked.get('x-gzip') : undefined);
  const weigh = (coding: Coding) => quality(coding) ?? asked.get('*') ?? 0;
  const best = preferred(codings, weigh);
  return best !== undefined && weigh(best) >= (asked.get('identity') ?? 0) ? best : undefined;
}

function preferred<Choice>(choices: readonly Choice[], weigh: (choice: Choice) => number): Choice | undefined {
  let best: Choice | undefined;
  let weight = 0;
  for (const choice of choices) {
    const own = weigh(choice);
    if (own > weight) [best, weight] = [choice, own];
  }
  return best;
}
