import { describe, expect, it } from 'vitest';
import { awardProgramme } from '../../domain/award-programme/award-programme.ts';
import type { AwardProgrammeState } from '../../domain/award-programme/state.ts';
import { indexFieldsOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const [exchange, other] = ['b', 'c'].map((letter) => idOf('organization', letter));
const ceremony = idOf('ceremony', 'b');
const beside: Record<string, readonly Fact[]> = { [ceremony]: [['ceremony.recorded', { kind: 'award' }]] };

const partners = {
  names: [{ value: 'почетные партнеры 2022 года', lang: 'ru', form: 'normalized' }],
  period: '2022',
  conferredBy: [exchange, other],
  ceremony,
};
const opened: Fact = ['award-programme.opened', partners];
const dated: Fact = ['award-programme.opened', { ...partners, on: '2022' }];
const closed = (on?: string): Fact => ['award-programme.closed', on === undefined ? {} : { on }];
const stateOf = (...facts: Fact[]) => recordOf(idOf('award-programme'), facts)?.state as AwardProgrammeState;

describe('open-programme', () => {
  it('records its names, its time and who confers its awards', () => {
    given([], { beside }).when('open-programme', partners).then(opened);
  });
  it('records an edition and criteria', () => {
    const contest = {
      names: [{ value: '1st Cross-design Contest', lang: 'en' }],
      edition: 1,
      criteria: [{ text: 'Jewellery with lab-grown diamonds', lang: 'en' }],
      conferredBy: [exchange],
    };
    given([]).when('open-programme', contest).then(['award-programme.opened', contest]);
  });
  it('refuses a programme whose awards nobody confers', () => {
    given([], { beside })
      .when('open-programme', { ...partners, conferredBy: [] })
      .thenRefused('value-invalid', '/conferredBy');
  });
  it('refuses to name one body twice', () => {
    given([], { beside })
      .when('open-programme', { ...partners, conferredBy: [exchange, exchange] })
      .thenRefused('party-repeated', '/conferredBy');
  });
});

describe('close-programme', () => {
  it('closes it', () => {
    const fact = { on: '2025', reason: 'No longer held' };
    given([opened], { beside }).when('close-programme', fact).then(['award-programme.closed', fact]);
  });
  it('refuses to close it twice, dated or not', () => {
    for (const first of [closed(), closed('2024')]) {
      for (const second of [{}, { on: '2025' }, { on: '2023' }]) {
        given([opened, first], { beside }).when('close-programme', second).thenRefused('already-closed', '/on');
      }
    }
  });
  it('refuses a closing before the opening', () => {
    given([dated], { beside }).when('close-programme', { on: '2021' }).thenRefused('contradicts-history', '/on');
    given([dated], { beside }).when('close-programme', { on: '2022' }).thenAccepted();
  });
  it('is an act of those who confer its awards', () => {
    const actor = (organization: string | undefined) => ({
      actor: { client: 'x', organization: organization as string },
    });
    given([opened], { beside, ...actor(exchange) })
      .when('close-programme', {})
      .thenAccepted();
    given([opened], { beside, ...actor(idOf('organization', 'd')) })
      .when('close-programme', {})
      .thenRefused('right-lacking', '');
  });
});

describe('an award programme', () => {
  it('is open until the day of its closing', () => {
    const state = stateOf(opened, closed('2024-05-01'));
    expect(awardProgramme.lifecycle.statusOn(state, '2020-01-01')).toBe('open');
    expect(awardProgramme.lifecycle.statusOn(state, '2024-04-30')).toBe('open');
    expect(awardProgramme.lifecycle.statusOn(state, '2024-05-01')).toBe('closed');
    expect(awardProgramme.lifecycle.days?.(state)).toEqual(['2024-05-01']);
  });
  it('is hosted by those who confer its awards', () => {
    const facets = indexFieldsOf(recordOf(idOf('award-programme'), [opened]));
    expect(facets).toMatchObject({ hosts: [exchange, other], participants: [exchange, other], ceremony });
    expect(facets).not.toHaveProperty('closedOn');
    expect(facets).not.toHaveProperty('kind');
  });
  it('shows why it was closed', () => {
    const fact = { on: '2025', reason: 'No longer held' };
    const state = stateOf(opened, ['award-programme.closed', fact]);
    expect(state.facts.at(-1)).toEqual({ type: 'award-programme.closed', version: 2, ...fact });
  });
});
