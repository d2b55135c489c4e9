import { countFirst } from './bisect.ts';
import {
  type Alike,
  alikeTo,
  type DatedFact,
  type Dates,
  type Extent,
  endsBefore,
  type History,
  newestOf,
  type Placed,
} from './history.ts';
import { spend } from './work.ts';

/** How far one more fact reaches in a history: which of the facts that it certainly precedes it can touch. */

/** What moves the state in a history, and in facts that stand behind its list without being in it. */
export interface Among<Fact extends DatedFact> extends Pick<History<Fact>, 'moving'> {
  readonly behind: readonly Placed<Fact>[];
}

/** Whether facts all certainly come after one, or before it and before what has begun since on the day `start`. */
export const isOutOfSight = ({ allExact, earliest, latest }: Extent, at: Dates, start: number): boolean =>
  at.exact && allExact && ((latest < at.earliest && latest < start) || at.latest < earliest);

interface Reach {
  /** What begins behind this day is out of reach. */
  readonly end: number;
  readonly isOutOfReach: (one: Placed) => boolean;
}

/**
 * Where another fact that follows the added one precedes a third, the added one is not the last before it. And it takes no
 * other's place as the last of its type, unless that rivals it: it may have happened on the same days.
 */
export function reachOf(among: Among<DatedFact>, added: Placed): Reach {
  const rivals = rivalsOf(among, added);
  return rivals.length === 0 ? reachAmongOthers(among, added) : reachAmongRivals(among, added, rivals);
}

function rivalsOf({ moving, behind }: Among<DatedFact>, added: Placed): Alike[] {
  const isRival = (one: Dates) => one.rank === added.rank && !endsBefore(one, added) && !endsBefore(added, one);
  const rivals = behind.filter(isRival).map((one) => alikeTo(one));
  for (let place = moving.length - 1; place >= 0; place--) {
    const alike = moving[place] as Alike;
    if (isOutOfSight(alike.upTo, added, Number.POSITIVE_INFINITY)) break;
    if (isRival(alike)) rivals.push(alike);
    spend(1);
  }
  return rivals;
}

/** Of the facts that certainly follow the added one those that the first of them to end does not precede, and when it does. */
function followersOf({ moving, behind }: Among<DatedFact>, added: Placed, counts: (alike: Alike) => boolean) {
  const isFollower = (alike: Alike) => endsBefore(added, alike) && counts(alike);
  const followers = behind.map((one) => alikeTo(one)).filter(isFollower);
  let end = followers.reduce((least, { latest }) => Math.min(least, latest), Number.POSITIVE_INFINITY);
  for (let place = moving.length - 1; place >= 0; place--) {
    const alike = moving[place] as Alike;
    if (end < alike.upTo.earliest || alike.upTo.lastBeginning <= added.latest) break;
    if (!isFollower(alike)) continue;
    followers.push(alike);
    spend(1);
    end = Math.min(end, alike.latest);
  }
  return { followers, end };
}

function reachAmongOthers(among: Among<DatedFact>, added: Placed): Reach {
  const { followers, end } = followersOf(among, added, () => true);
  // Facts of one type that all contain the day `end` precede each other as they arrived.
  const first: number[] = [];
  for (const { rank, earliest, members } of followers) {
    const { version } = members[0] as Placed;
    if (earliest <= end) first[rank] = Math.min(first[rank] ?? version, version);
  }
  const isOutOfReach = ({ rank, version, earliest, latest }: Placed) =>
    end < earliest || (end <= latest && version > (first[rank] ?? version));
  return { end, isOutOfReach };
}

/** A rival is not the last of its type before a fact where a follower of the type that arrived after it precedes that fact. */
function reachAmongRivals(among: Among<DatedFact>, added: Placed, rivals: readonly Alike[]): Reach {
  const newest = Math.max(...rivals.map((rival) => newestOf(rival).version));
  const { end } = followersOf(among, added, (one) => one.rank === added.rank && newestOf(one).version > newest);
  let known: ((one: Placed) => boolean) | undefined;
  const isOutOfReach = (one: Placed): boolean => {
    if (end < one.earliest) return true;
    known ??= followedRivals(among, added, rivals);
    return known(one);
  };
  return { end, isOutOfReach };
}

/** Tells of a fact whether such a follower precedes it for each rival that does. */
function followedRivals({ moving, behind }: Among<DatedFact>, added: Placed, rivals: readonly Alike[]) {
  const followers = [...moving, ...behind.map((one) => alikeTo(one))]
    .filter((alike) => alike.rank === added.rank && endsBefore(added, alike))
    .sort((a, b) => a.latest - b.latest);
  let last = 0;
  const newest = followers.map((follower) => {
    last = Math.max(last, newestOf(follower).version);
    return last;
  });
  const versions = (some: readonly Alike[]) => some.flatMap(({ members }) => members.map(({ version }) => version));
  const exact = Math.max(0, ...versions(rivals.filter((rival) => rival.exact)));
  // One of doubtful date certainly precedes only what arrived after it, of its own type.
  const doubtful = versions(rivals.filter((rival) => !rival.exact)).sort((a, b) => a - b);
  return ({ rank, version, earliest }: Placed): boolean => {
    const ended = countFirst(followers.length, (place) => (followers[place] as Alike).latest < earliest);
    const before = countFirst(doubtful.length, (place) => (doubtful[place] as number) < version);
    const rival = Math.max(exact, (rank === added.rank && doubtful[before - 1]) || 0);
    return ended > 0 && (newest[ended - 1] as number) > rival;
  };
}
