import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { decideStep } from '../kernel/decide-step.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { closed, opened } from './events.ts';
import { type AwardProgrammeState, lifecycle } from './state.ts';

const openProgramme = command({
  name: 'open-programme',
  records: 'award-programme.opened',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter a programme of honorary titles, prizes or competition results in the register',
  rules: [],
  schema: submitted(opened),
  example: {
    names: [{ value: 'Honorary partners of 2022', lang: 'en' }],
    period: '2022',
    conferredBy: ['#exchange', '#other-exchange'],
    evidence,
  },
  decide: (data): Result<Decision> => accepted({ events: [{ type: 'award-programme.opened', data }] }),
});

const closeProgramme = command({
  name: 'close-programme',
  records: 'award-programme.closed',
  act: 'close',
  scope: 'registry/submit',
  summary: 'Record that the programme ended',
  rules: ['already-closed', 'contradicts-history'],
  schema: submitted(closed),
  example: { on: '2025', reason: 'The contest is no longer held', evidence },
  decide(data, state: AwardProgrammeState, context: Context): Result<Decision> {
    if (state.facts.some(({ type }) => type === 'award-programme.closed')) {
      return refused({ rule: 'already-closed', pointer: '/on', detail: 'the programme is recorded as closed already' });
    }
    return decideStep(lifecycle, state.facts, { type: 'award-programme.closed', data }, context);
  },
});

export const commands = [openProgramme, closeProgramme];
