import { MAX_ADDED } from '../../../domain/agreement/events.ts';
import { MAX_PARTIES } from '../../../domain/agreement/party-reference.ts';
import { packed } from '../../../domain/values/lists.ts';
import type { CommandLine } from './read-file.ts';

/** Parties and signatures up to which an opening is sent as it stands. One with more was once refused by its schema. */
const WHOLE = 50;

/** What one opening takes of the caps of an event, of a commit and of the references of a request. */
const OPENING = { parties: 200, references: 200, partyBytes: 14 * 1024, signatures: 80, commitBytes: 250_000 };

/** What an event has besides the data of its command. */
const ENVELOPE_BYTES = 1024;
/** How much longer an id is than the shortest name that stands for it. */
const BYTES_FOR_AN_ID = 60;

interface Opening {
  readonly parties: readonly object[];
  readonly signatures?: readonly object[];
  readonly entryIntoForce?: object;
  readonly evidence?: unknown;
}

const isList = (value: unknown): value is readonly object[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);

/** Whether an opening has more parties or signatures than one event and one commit hold, and as many as the registry takes. */
function isTooLong({ parties, signatures = [] }: Opening): boolean {
  const most = Math.max(parties.length, signatures.length);
  return most > WHOLE && most <= MAX_PARTIES;
}

function openingIn({ command, data }: CommandLine['command']): Opening | undefined {
  const { parties, signatures = [] } = data;
  const isReadable = command === 'register-agreement' && isList(parties) && isList(signatures);
  return isReadable && isTooLong(data as unknown as Opening) ? (data as unknown as Opening) : undefined;
}

/** The most bytes that a value takes after names in it were replaced by ids. */
function bytesOf(value: unknown): number {
  const json = JSON.stringify(value) ?? '';
  return Buffer.byteLength(json) + 1 + (json.match(/"#/g)?.length ?? 0) * BYTES_FOR_AN_ID;
}

const referencesOf = (party: object): number => ['organization', 'onBehalfOf'].filter((field) => field in party).length;

/**
 * The commands of a file, with every agreement of very many parties cut into its opening and the acts that add the other
 * parties, the other signatures, and then its entry into force. The same file is always cut in the same way.
 */
export function cutOpenings(commands: readonly CommandLine[]): CommandLine[] {
  const names = new Set(commands.map(({ command: { as } }) => as));
  const nameFor = (line: number): string => {
    let name = `line-${line}`;
    while (names.has(name)) name += '-';
    names.add(name);
    return name;
  };
  return commands.flatMap((one) => {
    const opening = openingIn(one.command);
    return opening ? cut(one, opening, one.command.as ?? nameFor(one.line)) : [one];
  });
}

function cut({ line, command }: CommandLine, opening: Opening, as: string): CommandLine[] {
  const { parties, signatures = [], entryIntoForce, ...rest } = opening;
  const { evidence } = opening;
  const bytes = { of: bytesOf, max: OPENING.partyBytes - bytesOf(rest) };
  const references = { of: referencesOf, max: OPENING.references };
  const [first = []] = packed(parties, OPENING.parties, bytes, references);
  const added = [
    ...packed(parties.slice(first.length), MAX_ADDED, { ...bytes, max: OPENING.partyBytes - bytesOf(evidence) }),
  ];
  const [signed, later] = signaturesIn(first, signatures, evidence);
  const act = (name: string, data: object): CommandLine => ({
    line,
    command: { command: name, target: `#${as}`, data: { ...data, evidence } },
  });
  const isWhole = added.length === 0 && later.length === 0;
  const kept = {
    ...rest,
    parties: first,
    ...(signed.length > 0 && { signatures: signed }),
    ...(isWhole && entryIntoForce && { entryIntoForce }),
  };
  return [
    { line, command: { ...command, ...(isWhole ? {} : { as }), data: kept } },
    ...added.map((more) => act('add-party', { parties: more })),
    ...later.map((signature) => act('sign-agreement', signature)),
    ...(isWhole || !entryIntoForce ? [] : [act('enter-into-force', entryIntoForce)]),
  ];
}

/** The signatures that an opening with these parties holds, and those that come after it. */
function signaturesIn(parties: readonly object[], signatures: readonly object[], evidence: unknown) {
  const organizations = new Set(parties.flatMap((party) => Object.values(party)));
  const isThere = ({ party }: { party?: unknown }) =>
    typeof party === 'number' ? party <= parties.length : organizations.has(party);
  const first = signatures.findIndex((signature) => !isThere(signature));
  const fitting = first < 0 ? signatures : signatures.slice(0, first);
  const ofCommit = (signature: object) => bytesOf({ ...signature, evidence }) + ENVELOPE_BYTES;
  const [signed = []] = packed(fitting, OPENING.signatures, { of: ofCommit, max: OPENING.commitBytes });
  return [signed, signatures.slice(signed.length)] as const;
}
