import * as z from 'zod';
import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { judgingRules } from '../kernel/judging.ts';
import { recorded, submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { type Name, nameKey } from '../values/names.ts';
import type { PartialDate } from '../values/partial-date.ts';
import { runsOn } from './course.ts';
import {
  announced,
  becameOperational,
  cancelled,
  discontinued,
  held,
  performed,
  postponed,
  publication,
  renamed,
} from './events.ts';
import { performerFaults, performerRules } from './performers.ts';
import {
  type LaunchFact,
  type LaunchState,
  namesBefore,
  namesOf,
  type Publication,
  pick,
  publicationOf,
} from './state.ts';

type Launch = z.infer<ReturnType<typeof submitted<typeof performed.shape>>>;

const opens =
  (type: 'launch.announced' | 'launch.performed') =>
  (data: Launch): Result<Decision> => {
    const faults = performerFaults(data);
    if (data.names === undefined && data.establishes === undefined) {
      const detail = 'give its names, or the organization that it establishes';
      faults.push({ rule: 'launch-unnamed', pointer: '/names', detail });
    }
    return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type, data }] });
  };

const performLaunch = command({
  name: 'perform-launch',
  records: 'launch.performed',
  default: true,
  scope: 'registry/submit',
  summary: 'Record that something was made public',
  rules: ['launch-unnamed', ...performerRules],
  schema: submitted(performed),
  example: {
    kind: 'platform',
    names: [{ value: 'Across-border Comprehensive Service Platform for ASEAN', lang: 'en' }],
    performersNotStated: true,
    mode: 'joint',
    meaning: 'launched',
    on: '2023-02-23?',
    evidence,
  },
  decide: opens('launch.performed'),
});

const announceLaunch = command({
  name: 'announce-launch',
  records: 'launch.announced',
  scope: 'registry/submit',
  summary: 'Record that something is to be made public or to take place',
  rules: ['launch-unnamed', ...performerRules],
  schema: submitted(announced),
  example: {
    kind: 'conference',
    names: [{ value: 'Conference on the Development and Innovation of Lab-grown Diamonds', lang: 'en' }],
    by: ['#exchange'],
    mode: 'sole',
    edition: 2,
    expected: '2023',
    evidence,
  },
  decide: opens('launch.announced'),
});

/** What a launch takes over from its announcement: what it is, and, unless it says so itself, who performs it. */
function takenOver(state: LaunchState, { by, performersNotStated }: Publication) {
  const names = namesOf(state);
  return {
    ...pick(state, ['kind', 'edition', 'establishes']),
    ...(names.length > 0 && { names: [...names] }),
    ...(by === undefined && !performersNotStated && pick(publicationOf(state), ['by', 'performersNotStated', 'mode'])),
  };
}

const performAnnounced = command({
  name: 'perform-announced-launch',
  records: 'launch.performed',
  act: 'perform',
  scope: 'registry/submit',
  summary: 'Record that what was announced was made public',
  rules: [...judgingRules, ...performerRules],
  schema: submitted(z.strictObject({ ...publication, ...recorded })),
  example: { on: '2024-02', meaning: 'opened', evidence },
  decide(data, state: LaunchState, context: Context): Result<Decision> {
    const launch: Launch = { ...takenOver(state, data), ...data };
    return runsOn('launch.performed', launch, state, context, performerFaults(launch));
  },
});

const confirmOperational = command({
  name: 'confirm-operational',
  records: 'launch.became-operational',
  act: 'confirm-operational',
  scope: 'registry/submit',
  summary: 'Record that what was launched works',
  rules: judgingRules,
  schema: submitted(becameOperational),
  example: { on: '2023-06', evidence },
  decide: turns('launch.became-operational'),
});

const confirmHeld = command({
  name: 'confirm-held',
  records: 'launch.held',
  act: 'confirm-held',
  scope: 'registry/submit',
  summary: 'Record that what was launched or announced took place',
  rules: judgingRules,
  schema: submitted(held),
  example: { on: '2023-05-26', place: { locality: 'Panyu, Guangzhou' }, evidence },
  decide: turns('launch.held'),
});

const postpone = command({
  name: 'postpone-launch',
  records: 'launch.postponed',
  act: 'postpone',
  scope: 'registry/submit',
  summary: 'Record that what was announced is to take place later',
  rules: judgingRules,
  schema: submitted(postponed),
  example: { on: '2023-04', reason: 'Travel is restricted', evidence },
  decide: turns('launch.postponed'),
});

const cancel = command({
  name: 'cancel-launch',
  records: 'launch.cancelled',
  act: 'cancel',
  scope: 'registry/submit',
  summary: 'Record that what was announced is not to take place',
  rules: judgingRules,
  schema: submitted(cancelled),
  example: { on: '2023-04', reason: 'No venue was found', evidence },
  decide: turns('launch.cancelled'),
});

const discontinue = command({
  name: 'discontinue-launch',
  records: 'launch.discontinued',
  act: 'discontinue',
  scope: 'registry/submit',
  summary: 'Record that what was launched came to an end',
  rules: judgingRules,
  schema: submitted(discontinued),
  example: { on: '2025', reason: 'The zone was merged into another', evidence },
  decide: turns('launch.discontinued'),
});

/** A fact that only its place in the lifecycle decides about. */
function turns(type: Exclude<LaunchFact['type'], 'launch.announced' | 'launch.performed' | 'launch.renamed'>) {
  return (data: { on?: PartialDate | undefined }, state: LaunchState, context: Context): Result<Decision> =>
    runsOn(type, data, state, context);
}

function sameNames(some: readonly Name[], others: readonly Name[]): boolean {
  const keys = new Set(others.map(nameKey));
  return some.length === others.length && some.every((name) => keys.has(nameKey(name)));
}

const rename = command({
  name: 'rename-launch',
  records: 'launch.renamed',
  act: 'rename',
  scope: 'registry/submit',
  summary: 'Give what was launched or announced other names in place of those that it bears',
  rules: [...judgingRules, 'name-repeated'],
  schema: submitted(renamed),
  example: { names: [{ value: 'Hainan International Bonded Jewellery Show', lang: 'en' }], on: '2023-06', evidence },
  decide(data, state: LaunchState, context: Context): Result<Decision> {
    const fact = { ...data, type: 'launch.renamed', version: Number.MAX_SAFE_INTEGER } as const;
    const detail = 'these are the names that it bears already';
    const repeated: Refusal[] = sameNames(namesBefore(state, fact), data.names)
      ? [{ rule: 'name-repeated', pointer: '/names', detail }]
      : [];
    return runsOn('launch.renamed', data, state, context, repeated);
  },
});

export const commands = [
  performLaunch,
  announceLaunch,
  performAnnounced,
  confirmOperational,
  confirmHeld,
  postpone,
  cancel,
  rename,
  discontinue,
];
