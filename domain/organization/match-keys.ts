import type { RegistryEvent } from '../kernel/event.ts';
import type { Identifier } from './identifiers.ts';

/** What makes two organizations look like one: the same name in whatever language, or the same identifier. */

const MAX_REMEMBERED = 10_000;

/** A function of a text that remembers what it answered: each commit of an organization asks for all names that it ever bore. */
function remembering(answer: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const value = answer(text);
    if (known.size >= MAX_REMEMBERED) known.clear();
    known.set(text, value);
    return value;
  };
}

/**
 * The letters and digits of a text, whatever their case, width (NFKC, Unicode UAX #15), accents that are marks of their
 * own, spacing and punctuation; the text as it is when nothing else is in it.
 */
export const normalised = remembering((text) => {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  return folded.replace(/[^\p{L}\p{M}\p{N}]+/gu, '') || folded.trim();
});

const ofName = ({ value }: { readonly value: string }) => `name:${normalised(value)}`;

const ofIdentifier = (identifier: Identifier) => {
  const issuer = identifier.scheme === 'other' ? normalised(identifier.issuer) : identifier.scheme;
  return `identifier:${issuer}:${normalised(identifier.value)}`;
};

interface Identified {
  readonly names?: readonly { readonly value: string }[];
  readonly formerNames?: readonly { readonly value: string }[];
  readonly identifiers?: readonly Identifier[] | undefined;
}

/** Each thing that a second record of the organization would share, once. */
export const matchKeysOf = ({ names = [], formerNames = [], identifiers = [] }: Identified): string[] => [
  ...new Set([...names.map(ofName), ...formerNames.map(ofName), ...identifiers.map(ofIdentifier)]),
];

/** What an event says that another organization may share; what is linked later is left to the registrar's list. */
export function matchKeysIn({ type, data }: RegistryEvent): string[] {
  const said = data as Identified & { readonly name?: { readonly value: string } };
  if (type === 'organization.registered') return matchKeysOf(said);
  return type === 'organization.name-added' && said.name ? matchKeysOf({ names: [said.name] }) : [];
}

const PRIME = 0x100000001b3n;
const OFFSET = 0xcbf29ce484222325n;

/**
 * A short key in ASCII for a sort key (FNV-1a, 64 bits, over UTF-8). It only brings together what is alike;
 * readers compare the forms themselves.
 */
export const hashOfMatchKey = remembering((matchKey) => {
  const hash = new TextEncoder()
    .encode(matchKey)
    .reduce((all, byte) => BigInt.asUintN(64, (all ^ BigInt(byte)) * PRIME), OFFSET);
  return hash.toString(16).padStart(16, '0');
});
