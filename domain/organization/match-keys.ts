import type { RegistryEvent } from '../kernel/event.ts';
import { type Identifier, isPlaceholder } from './identifiers.ts';
import { likenessOf } from './likeness.ts';

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

export const normalised = remembering(likenessOf);

/** The signs of an identifier, of which none looks like another: whatever their case, width, spacing and punctuation. */
const signsOf = remembering(
  (value) =>
    value
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}]+/gu, '') || value.trim(),
);

const ofName = ({ value }: { readonly value: string }) => `name:${normalised(value)}`;

/** A placeholder is like every other. The last character of a social credit code follows from those before, and may be wrong. */
const ofIdentifier = (identifier: Identifier): string[] => {
  if (isPlaceholder(identifier)) return [];
  const { scheme, value } = identifier;
  if (scheme === 'other') return [`identifier:${normalised(identifier.issuer)}:${signsOf(value)}`];
  return [`identifier:${scheme}:${signsOf(scheme === 'uscc' ? value.slice(0, 17) : value)}`];
};

interface Identified {
  readonly names?: readonly { readonly value: string }[];
  readonly formerNames?: readonly { readonly value: string }[];
  readonly identifiers?: readonly Identifier[] | undefined;
}

/** Each thing that a second record of the organization would share, once. */
export const matchKeysOf = ({ names = [], formerNames = [], identifiers = [] }: Identified): string[] => [
  ...new Set([...names.map(ofName), ...formerNames.map(ofName), ...identifiers.flatMap(ofIdentifier)]),
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
