import { isContainer } from '../../../domain/values/container.ts';
import { escapePointer, personIdsIn, replacePersonIds } from '../../../domain/values/ids.ts';
import { committedPerson } from '../../../domain/values/person.ts';

export interface Difference {
  /** Where in the answer: a JSON Pointer. */
  readonly pointer: string;
  readonly told: unknown;
  readonly proven: unknown;
}

/** Stands in a pattern for what the vault has put in the place of an id. */
const anything = '\u0000';
const escapeRegex = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * The first place where what is told is not what is proven. Names of persons, and words that mention them, come from the
 * vault, which no proof covers: the log has their ids.
 */
export function differenceFrom(proven: unknown, told: unknown, pointer = ''): Difference | undefined {
  if (typeof proven === 'string' && typeof told === 'string') {
    return proven === told || isWithWords(proven, told) ? undefined : { pointer, told, proven };
  }
  if (!isContainer(proven) || !isContainer(told) || Array.isArray(proven) !== Array.isArray(told)) {
    return Object.is(proven, told) ? undefined : { pointer, told, proven };
  }
  const person = committedPerson.safeParse(proven).data?.person;
  if (person !== undefined) {
    const same = (told as { person?: unknown }).person === person;
    return same ? undefined : { pointer, told, proven };
  }
  const [ours, theirs] = [proven, told] as [Record<string, unknown>, Record<string, unknown>];
  for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const difference = differenceFrom(ours[name], theirs[name], `${pointer}/${escapePointer(name)}`);
    if (difference) return difference;
  }
  return undefined;
}

function isWithWords(proven: string, told: string): boolean {
  if ([...personIdsIn(proven)].length === 0) return false;
  const pattern = escapeRegex(replacePersonIds(proven, () => anything)).replaceAll(anything, '[^]*');
  return new RegExp(`^${pattern}$`, 'u').test(told);
}

/** JSON, or what stands for a member that is not there; short enough for a line. */
const inShort = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
};

export const differenceInWords = ({ pointer, told, proven }: Difference): string =>
  `${pointer === '' ? 'the answer' : pointer} is told as ${inShort(told)}, and proven is ${inShort(proven)}`;
