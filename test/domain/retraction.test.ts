import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateByName } from '../../domain/catalog.ts';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import { allRows, applyCommits } from '../../domain/projections/projection.ts';
import { records } from '../../domain/projections/records.ts';
import { fold, heldOf, periodsOf, standingOf } from '../../domain/record/record.ts';
import { eventsOf as acceptedEventsOf } from '../../functions/stores/event-store.ts';
import { acceptedCommits } from '../support/accepted-history.ts';
import { eventsOf, type Fact, given, idOf, Ledger } from '../support/decider.ts';
import { allHistories } from './raw-histories.ts';

const registrar = { actor: { client: 'registrar', isRegistrar: true } };
const [body, member] = [idOf('organization', 'b'), idOf('organization', 'c')];
const between = { body, organization: member };
const admitted = (on: string): Fact => ['membership.admitted', { ...between, on }];
const registered: Fact = ['organization.registered', { kind: 'bank', names: [{ value: 'A', lang: 'en' }] }];
const inError: Fact = ['organization.retracted', { reason: 'Registered twice' }];
const [retract, withdraw] = [{ reason: 'Registered twice' }, { reason: 'It was not' }];

/** A record without what counts its events. */
const asItStands = ({ version: _, changedAt: __, ...record }: FoldedRecord) => record;

const rowsOf = (events: readonly RegistryEvent[]) => {
  const commits = events.map((event, position) => ({ events: [event], position }));
  const sealed = applyCommits(undefined, commits);
  if (!sealed) throw new Error('there are no events');
  return allRows({ ...records, ofCommit: () => [] }, sealed).map((row) =>
    JSON.stringify(row).replace(/"version":\d+,/, ''),
  );
};

describe.each(allHistories)(
  'a retraction in a history of $name',
  ({ name, histories: { opening, act, beside = {} } }) => {
    const aggregate = aggregateByName(name);

    it('that is withdrawn leaves the record, what it holds and its rows as they were', () => {
      let compared = 0;
      const sequence = fc.tuple(opening, fc.array(act, { maxLength: 8 }), fc.nat());
      fc.assert(
        fc.property(sequence, ([first, acts, choice]) => {
          const ledger = new Ledger(idOf(name), { beside, today: '2030-01-01' });
          for (const [command, data] of [first, ...acts])
            if (ledger.record || command === first[0]) ledger.submit(command, data);
          const was = ledger.record as FoldedRecord;
          const before = [...ledger.events];
          const periods = periodsOf(was);
          const period = periods[choice % Math.max(periods.length, 1)]?.version;
          const which = period === undefined ? {} : { period };
          if (!ledger.submit(`retract-${name}`, { ...retract, ...which }).ok) return;
          expect(asItStands(ledger.record as FoldedRecord)).not.toEqual(asItStands(was));
          expect(ledger.submit(`withdraw-retraction-of-${name}`, { ...withdraw, ...which })).toMatchObject({
            ok: true,
          });
          compared += 1;
          const is = ledger.record as FoldedRecord;
          expect(asItStands(is)).toEqual(asItStands(was));
          expect([heldOf(is), standingOf(is)]).toEqual([heldOf(was), standingOf(was)]);
          expect(rowsOf(ledger.events)).toEqual(rowsOf(before));
          expect(fold(aggregate, ledger.events)).toEqual(is);
        }),
        { numRuns: 200, seed: 3 },
      );
      expect(compared).toBeGreaterThan(50);
    });
  },
);

describe('the withdrawal of a retraction', () => {
  it('is refused where nothing is retracted, or not any more', () => {
    const command = 'withdraw-retraction-of-organization';
    given([registered], registrar).when(command, withdraw).thenRefused('not-retracted', '');
    given([registered, inError], registrar)
      .when(command, withdraw)
      .then(['organization.retraction-withdrawn', withdraw]);
    given([registered, inError, ['organization.retraction-withdrawn', withdraw]], registrar)
      .when(command, withdraw)
      .thenRefused('not-retracted', '');
  });
  it('may be followed by another retraction, and that be withdrawn too', () => {
    const back: Fact = ['organization.retraction-withdrawn', withdraw];
    given([registered, inError, back], registrar).when('retract-organization', retract).thenAccepted();
    given([registered, inError, back, inError], registrar)
      .when('withdraw-retraction-of-organization', withdraw)
      .thenAccepted();
  });
  it('names a period only of what has periods, and of a membership one that was retracted', () => {
    const retracted: Fact = ['membership.retracted', { ...retract, period: 1 }];
    const command = 'withdraw-retraction-of-membership';
    given([registered, inError], registrar)
      .when('withdraw-retraction-of-organization', { ...withdraw, period: 1 })
      .thenRefused('no-such-period', '/period');
    const history = [admitted('2020'), retracted];
    given(history, registrar).when(command, withdraw).thenRefused('no-such-period', '/period');
    given(history, registrar)
      .when(command, { ...withdraw, period: 2 })
      .thenRefused('no-such-period', '/period');
    given(history, registrar)
      .when(command, { ...withdraw, period: 1 })
      .thenAccepted();
    given([admitted('2020')], registrar)
      .when(command, { ...withdraw, period: 1 })
      .thenRefused('not-retracted', '');
  });
  it('brings back one period of several, in whatever order they were retracted', () => {
    const over: Fact = ['membership.resigned', { on: '2020-06-01' }];
    const gone = (period: number): Fact => ['membership.retracted', { ...retract, period }];
    const back = (period: number): Fact => ['membership.retraction-withdrawn', { ...withdraw, period }];
    const history = [admitted('2020-01-01'), over, admitted('2021-01-01')];
    const periodsAfter = (...facts: Fact[]) => {
      const record = fold(aggregateByName('membership'), eventsOf(idOf('membership'), [...history, ...facts]));
      return periodsOf(record as FoldedRecord).map(({ version }) => version);
    };
    expect(periodsAfter()).toEqual([1, 3]);
    expect(periodsAfter(gone(1), gone(3), back(1))).toEqual([1]);
    expect(periodsAfter(gone(1), gone(3), back(3))).toEqual([3]);
    expect(periodsAfter(gone(3), gone(1), back(1), back(3))).toEqual([1, 3]);
  });
  it('is refused where what was recorded since leaves the period no room', () => {
    const gone: Fact = ['membership.retracted', { ...retract, period: 1 }];
    given([admitted('2020-01-01'), gone, admitted('2021-01-01')], registrar)
      .when('withdraw-retraction-of-membership', { ...withdraw, period: 1 })
      .thenRefused('contradicts-history', '');
    const left: Fact = ['membership.resigned', { on: '2022-01-01' }];
    given([admitted('2020-01-01'), left, gone, admitted('2023-01-01')], registrar)
      .when('withdraw-retraction-of-membership', { ...withdraw, period: 1 })
      .thenAccepted();
  });
  it('is refused while the same membership lives under another id of the organizations', () => {
    const memberships = { [idOf('membership', 'o')]: [admitted('2021')] };
    const history: Fact[] = [admitted('2020'), ['membership.retracted', { ...retract, period: 1 }]];
    const command = 'withdraw-retraction-of-membership';
    given(history, { ...registrar, memberships })
      .when(command, { ...withdraw, period: 1 })
      .thenRefused('already-member', '');
    const ended = { [idOf('membership', 'o')]: [admitted('2021'), ['membership.resigned', { on: '2022' }] as const] };
    given(history, { ...registrar, memberships: ended })
      .when(command, { ...withdraw, period: 1 })
      .thenAccepted();
  });
  it('confirms nothing, and leaves who has spoken as it was', () => {
    const own = { client: 'own', organization: body };
    const said: Fact = ['organization.retraction-withdrawn', { ...withdraw, speaksAs: 'party' }];
    const events = eventsOf(body, [registered, inError, said], own);
    expect(standingOf(fold(aggregateByName('organization'), events) as FoldedRecord)).toBe('reported');
  });
  it('takes back retractions that an earlier release recorded', () => {
    const streams = Map.groupBy(acceptedCommits().flatMap(acceptedEventsOf), ({ subject }) => subject);
    const retracted = [...streams.values()].flatMap((events) => {
      const at = events.findIndex(({ type }) => type.endsWith('.retracted'));
      return at < 0 ? [] : [{ events, at, event: events[at] as RegistryEvent<string, { period?: number }> }];
    });
    expect(retracted.length).toBeGreaterThan(0);
    for (const { events, at, event } of retracted) {
      const [name = ''] = event.type.split('.');
      const { period } = event.data;
      const back = {
        ...event,
        type: `${name}.retraction-withdrawn`,
        streamversion: events.length + 1,
        data: { ...withdraw, evidence: [], speaksAs: 'other' as const, ...(period !== undefined && { period }) },
      };
      const before = fold(aggregateByName(name), [...events.slice(0, at), ...events.slice(at + 1)]) as FoldedRecord;
      const after = fold(aggregateByName(name), [...events, back]) as FoldedRecord;
      expect(after.isRetracted).toBe(false);
      expect(after.state).toEqual(before.state);
    }
  });
});
