import { describe, expect, it } from 'vitest';
import type { FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { launch } from '../../domain/launch/launch.ts';
import type { LaunchState } from '../../domain/launch/state.ts';
import { indexFieldsOf, standingOf } from '../../domain/record/record.ts';
import { type Fact, given, idOf, recordOf } from '../support/decider.ts';

const self = idOf('launch');
const [exchange, other, association] = ['b', 'c', 'd'].map((letter) => idOf('organization', letter));
const ceremony = idOf('ceremony', 'b');
const later = idOf('ceremony', 'c');
const beside: Record<string, readonly Fact[]> = {
  [ceremony]: [['ceremony.recorded', { kind: 'launch' }]],
  [later]: [['ceremony.recorded', { kind: 'opening' }]],
};

const show = [{ value: 'Hainan International Jewellery Show', lang: 'en' }];
const bonded = [{ value: 'Hainan International Bonded Jewellery Show', lang: 'en' }];
const third = [{ value: 'Hainan Show', lang: 'en' }];
const platform = { kind: 'platform', names: [{ value: 'Platform for ASEAN', lang: 'en' }], performersNotStated: true };
const conference = {
  kind: 'conference',
  names: [{ value: 'Conference on Lab-grown Diamonds', lang: 'en' }],
  by: [exchange],
  mode: 'sole',
  meaning: 'announced',
  edition: 2,
  expected: '2023',
  on: '2023-02-23',
  ceremony,
};
const exhibition = { kind: 'exhibition', names: show, performersNotStated: true, on: '2023-02-23' };
const announced: Fact = ['launch.announced', conference];
const performed: Fact = ['launch.performed', { ...platform, on: '2023-02-23' }];

const stateOf = (...facts: Fact[]) => recordOf(self, facts)?.state as LaunchState;
const presented = (...facts: Fact[]) => launch.present?.(stateOf(...facts), '2023-03-01') as Record<string, unknown>;
const on = (day: string, ...facts: Fact[]) => launch.lifecycle.statusOn(stateOf(...facts), day);

describe.each([
  ['announce-launch', 'launch.announced'],
  ['perform-launch', 'launch.performed'],
])('%s', (command, type) => {
  it('records what the source says, and nothing more', () => {
    given([], { beside }).when(command, conference).then([type, conference]);
    given([]).when(command, platform).then([type, platform]);
  });

  it.each(['standard', 'mark', 'office', 'fund', 'programme'])('takes a %s', (kind) => {
    given([])
      .when(command, { ...platform, kind })
      .thenAccepted();
  });
  it('refuses a kind that it does not know', () => {
    given([])
      .when(command, { ...platform, kind: 'idea' })
      .thenRefused('value-invalid', '/kind');
  });
  it('refuses what has no name and establishes nothing', () => {
    given([]).when(command, { kind: 'zone', performersNotStated: true }).thenRefused('launch-unnamed', '/names');
  });
  it('needs no name for an association that it establishes', () => {
    const data = { kind: 'association', establishes: association, performersNotStated: true, meaning: 'inaugurated' };
    given([]).when(command, data).then([type, data]);
  });

  it('refuses to leave open who launches it', () => {
    given([]).when(command, { kind: 'zone', names: show }).thenRefused('performers-unclear', '/by');
  });
  it('refuses performers beside the statement that they are not stated', () => {
    given([])
      .when(command, { ...platform, by: [exchange] })
      .thenRefused('performers-unclear', '/performersNotStated');
  });
  it('refuses a joint launch by one', () => {
    given([])
      .when(command, { kind: 'zone', names: show, by: [exchange], mode: 'joint' })
      .thenRefused('joint-needs-two', '/by');
  });
  it('takes a joint launch by two, or by some whom the source does not name', () => {
    given([])
      .when(command, { kind: 'zone', names: show, by: [exchange, other], mode: 'joint' })
      .thenAccepted();
    given([])
      .when(command, { ...platform, mode: 'joint' })
      .thenAccepted();
  });
  it('refuses a sole launch by two', () => {
    given([])
      .when(command, { kind: 'zone', names: show, by: [exchange, other], mode: 'sole' })
      .thenRefused('sole-needs-one', '/by');
  });
  it('takes a sole launch by one, or by one whom the source does not name', () => {
    given([])
      .when(command, { kind: 'zone', names: show, by: [exchange], mode: 'sole' })
      .thenAccepted();
    given([])
      .when(command, { ...platform, mode: 'sole' })
      .thenAccepted();
  });
  it('refuses more than 50 performers', () => {
    const by = [...'abcdefghijklmnopqrstuvwxyz'].flatMap((letter) =>
      [2, 3].map((n) => `organization-${letter}${`${n}`.repeat(25)}`),
    );
    given([]).when(command, { kind: 'zone', names: show, by }).thenRefused('cap-parties', '/by');
  });
  it('refuses to name one organization twice', () => {
    given([])
      .when(command, { kind: 'zone', names: show, by: [exchange, exchange], mode: 'joint' })
      .thenRefused('party-repeated', '/by');
  });
});

describe('performing what was announced', () => {
  it('takes over what it is and by whom, but neither the day nor the words of the announcement', () => {
    const { kind, names, by, mode, edition } = conference;
    given([announced], { beside })
      .when('perform-announced-launch', { on: '2023-05-26', ceremony: later, meaning: 'opened' })
      .then([
        'launch.performed',
        { kind, names, by, mode, edition, on: '2023-05-26', ceremony: later, meaning: 'opened' },
      ]);
  });
  it('may be by others than was announced', () => {
    const { kind, names, edition } = conference;
    given([announced], { beside })
      .when('perform-announced-launch', { by: [exchange, other], mode: 'joint' })
      .then(['launch.performed', { kind, names, edition, by: [exchange, other], mode: 'joint' }]);
    given([announced], { beside })
      .when('perform-announced-launch', { performersNotStated: true })
      .then(['launch.performed', { kind, names, edition, performersNotStated: true }]);
  });
  it('keeps to the rules about performers', () => {
    given([announced], { beside })
      .when('perform-announced-launch', { mode: 'joint' })
      .thenRefused('joint-needs-two', '/by');
    given([announced], { beside })
      .when('perform-announced-launch', { by: [exchange, other], mode: 'sole' })
      .thenRefused('sole-needs-one', '/by');
    given([announced], { beside })
      .when('perform-announced-launch', { by: [exchange], performersNotStated: true })
      .thenRefused('performers-unclear', '/performersNotStated');
  });
  it('takes the names that it bears by then', () => {
    given([announced, ['launch.renamed', { names: bonded }]], { beside })
      .when('perform-announced-launch', {})
      .then(['launch.performed', expect.objectContaining({ names: bonded }) as object]);
  });
  it('happens once', () => {
    given([performed]).when('perform-announced-launch', { on: '2023-04' }).thenRefused('wrong-state', '');
    given([announced, ['launch.performed', conference]], { beside })
      .when('perform-announced-launch', {})
      .thenRefused('wrong-state', '');
  });
  it('is refused before the announcement, and after a cancellation', () => {
    given([announced], { beside })
      .when('perform-announced-launch', { on: '2023-01' })
      .thenRefused('contradicts-history', '/on');
    given([announced, ['launch.cancelled', { on: '2023-03-01' }]], { beside })
      .when('perform-announced-launch', { on: '2023-05' })
      .thenRefused('wrong-state', '');
  });
  it('follows a postponement', () => {
    given([announced, ['launch.postponed', { on: '2023-03-01' }]], { beside })
      .when('perform-announced-launch', { on: '2023-05' })
      .thenAccepted();
  });
});

describe('what becomes of a launch', () => {
  it('is operational only when a source says so', () => {
    given([performed])
      .when('confirm-operational', { on: '2023-06' })
      .then(['launch.became-operational', { on: '2023-06' }]);
    given([performed, ['launch.became-operational', { on: '2023-06' }]])
      .when('confirm-operational', { on: '2023-08' })
      .thenRefused('wrong-state', '/on');
  });
  it('is not operational before it is launched, where that is to be known', () => {
    given([announced], { beside }).when('confirm-operational', { on: '2023-03-01' }).thenRefused('step-missing', '/on');
    given([announced], { beside }).when('confirm-operational', { on: '2023-02-24' }).thenWarned('step-missing');
  });

  it('is held, whether it was only announced or launched too', () => {
    const held = { on: '2023-05-26', place: { locality: 'Panyu, Guangzhou' } };
    given([announced], { beside }).when('confirm-held', held).then(['launch.held', held]);
    given([['launch.performed', exhibition]])
      .when('confirm-held', held)
      .thenAccepted();
  });
  it('is not held after it was cancelled', () => {
    given([announced, ['launch.cancelled', { on: '2023-03' }]], { beside })
      .when('confirm-held', { on: '2023-05-26' })
      .thenRefused('wrong-state', '');
  });

  it.each([
    ['postpone-launch', 'launch.postponed', '/on'],
    ['cancel-launch', 'launch.cancelled', ''],
  ])('%s is possible as long as it was only announced', (command, type, pointer) => {
    const fact = { on: '2023-04', reason: 'No venue was found' };
    given([announced], { beside }).when(command, fact).then([type, fact]);
    for (const on of ['2023-02-23', '2023-02-23?']) {
      given([['launch.performed', { ...platform, on }]])
        .when(command, fact)
        .thenRefused('wrong-state', pointer);
    }
  });
  it.each([
    ['launched', ['launch.performed', { ...platform, on: '2023-02-23' }]],
    ['launched on a day that nobody states', ['launch.performed', platform]],
    ['held', ['launch.held', { on: '2023-05-26' }]],
    ['operational', ['launch.became-operational', { on: '2023~' }]],
    ['discontinued', ['launch.discontinued', {}]],
  ] as [string, Fact][])('cannot have been cancelled when it was %s, whatever the dates', (_, fact) => {
    for (const on of [undefined, '2022', '2023-04-01', '2024?']) {
      given([announced, fact], { beside })
        .when('cancel-launch', { ...(on && { on }) })
        .thenRefused('wrong-state', '');
    }
  });
  it.each(['perform-announced-launch', 'confirm-held', 'confirm-operational', 'discontinue-launch'])(
    'does not go on after it was cancelled: %s is refused, dated or not',
    (command) => {
      for (const on of [undefined, '2022', '2023?', '2024']) {
        given([announced, ['launch.cancelled', { on: '2023-03-01' }]], { beside })
          .when(command, { ...(on && { on }) })
          .thenRefused('wrong-state', '');
      }
    },
  );
  it('was launched after its postponement, also on a day that the source doubts', () => {
    const postponed: Fact = ['launch.postponed', { on: '2023-06' }];
    given([announced, postponed], { beside })
      .when('perform-announced-launch', { on: '2023-05?' })
      .thenRefused('wrong-state', '/on');
    given([announced, postponed], { beside }).when('perform-announced-launch', { on: '2023?' }).thenAccepted();
    given([announced, ['launch.held', { on: '2023-05-26?' }]], { beside })
      .when('postpone-launch', { on: '2023-05' })
      .thenAccepted();
  });

  it('is discontinued after it was launched, once', () => {
    const fact = { on: '2025', reason: 'Merged into another' };
    given([performed]).when('discontinue-launch', fact).then(['launch.discontinued', fact]);
    given([performed, ['launch.discontinued', { on: '2025' }]])
      .when('discontinue-launch', { on: '2026' })
      .thenRefused('wrong-state', '/on');
    given([announced], { beside }).when('discontinue-launch', { on: '2025' }).thenRefused('step-missing', '/on');
  });
  it('does not go on when it is not dated either', () => {
    given([
      ['launch.performed', platform],
      ['launch.discontinued', {}],
    ])
      .when('discontinue-launch', {})
      .thenRefused('wrong-state', '/on');
  });
});

describe('renaming', () => {
  const opened: Fact = ['launch.performed', exhibition];
  const renamed = (names: object, on?: string): Fact => ['launch.renamed', { names, ...(on && { on }) }];

  it('replaces the names, and keeps the former ones in sight', () => {
    given([opened]).when('rename-launch', { names: bonded, reason: 'Now bonded' }).thenAccepted();
    expect(presented(opened, renamed(bonded, '2023-06'))).toMatchObject({
      names: [{ ...bonded[0], since: '2023-06' }],
      formerNames: [{ ...show[0], until: '2023-06' }],
    });
    expect(indexFieldsOf(recordOf(self, [opened, renamed(bonded)])).names).toEqual(bonded);
  });
  it('goes by the days of renamings, not by their arrival', () => {
    const fields = presented(opened, renamed(bonded, '2024'), renamed(third, '2023-06'));
    const formerNames = [
      { ...show[0], until: '2023-06' },
      { ...third[0], since: '2023-06', until: '2024' },
    ];
    expect(fields).toMatchObject({ names: bonded, formerNames });
  });
  it('refuses the names that it bears at that time', () => {
    given([opened]).when('rename-launch', { names: show }).thenRefused('name-repeated', '/names');
    given([opened, renamed(bonded, '2024')])
      .when('rename-launch', { names: bonded, on: '2025' })
      .thenRefused('name-repeated', '/names');
    given([opened, renamed(bonded, '2024')])
      .when('rename-launch', { names: show, on: '2023-06' })
      .thenRefused('name-repeated', '/names');
  });
  it('lets a former name come back', () => {
    given([opened, renamed(bonded, '2024')])
      .when('rename-launch', { names: show, on: '2025' })
      .thenAccepted();
    expect(presented(opened, renamed(bonded, '2024'), renamed(show, '2025')).formerNames).toEqual([
      { ...show[0], until: '2024' },
      { ...bonded[0], since: '2024', until: '2025' },
    ]);
  });
  it('gives a name to what had none', () => {
    const unnamed: Fact = [
      'launch.performed',
      { kind: 'association', establishes: association, performersNotStated: true },
    ];
    given([unnamed]).when('rename-launch', { names: third }).thenAccepted();
    expect(presented(unnamed)).not.toHaveProperty('names');
  });
});

describe('the state of a launch', () => {
  const held: Fact = ['launch.held', { on: '2023-05-26' }];
  const postponed: Fact = ['launch.postponed', { on: '2023-04' }];
  it.each([
    ['2023-02-22', 'none'],
    ['2023-02-23', 'announced'],
    ['2023-04-01', 'postponed'],
    ['2023-05-26', 'held'],
  ])('on %s is %s, in whatever order the facts came', (day, state) => {
    expect(on(day, announced, postponed, held)).toBe(state);
    expect(on(day, announced, held, postponed)).toBe(state);
  });
  it('is launched, and not operational, when nothing else is said', () => {
    expect(on('2030-01-01', performed)).toBe('launched');
    expect(on('2030-01-01', performed, ['launch.became-operational', {}])).toBe('operational');
    expect(on('2030-01-01', performed, ['launch.discontinued', { on: '2025' }])).toBe('discontinued');
    expect(on('2030-01-01', announced, ['launch.cancelled', {}])).toBe('cancelled');
  });
  it('changes on the days of its facts', () => {
    expect(launch.lifecycle.days?.(stateOf(announced, held))).toEqual(['2023-02-23', '2023-05-26']);
  });
});

describe('what readers see of a launch', () => {
  const launched: Fact = ['launch.performed', { ...conference, on: '2023-05-26', ceremony: later, meaning: 'opened' }];

  it('is the launch, with the announcement among its facts', () => {
    const fields = presented(announced, launched);
    expect(fields).toMatchObject({ kind: 'conference', on: '2023-05-26', meaning: 'opened', expected: '2023' });
    expect(fields.facts).toMatchObject([
      { type: 'launch.announced', on: '2023-02-23', ceremony, meaning: 'announced' },
      { type: 'launch.performed', on: '2023-05-26', ceremony: later },
    ]);
  });
  it('is dated by the launch, even where that has no date', () => {
    const { on: _, ceremony: __, ...undated } = conference;
    const record = recordOf(self, [announced, ['launch.performed', undated]]);
    expect(indexFieldsOf(record as FoldedRecord)).not.toHaveProperty('on');
    expect(indexFieldsOf(recordOf(self, [announced, launched]))).toMatchObject({
      on: '2023-05-26',
      ceremony: later,
    });
  });
  it.each([
    ['at the ceremony of its announcement while that is all', [announced], ceremony],
    ['at the ceremony of the launch', [announced, launched], later],
    ['at no ceremony where its launch names none', [announced, ['launch.performed', exhibition]], undefined],
  ] as [string, Fact[], string | undefined][])('stands %s, in lists as in its record', (_, facts, place) => {
    expect(indexFieldsOf(recordOf(self, facts) as FoldedRecord).ceremony).toBe(place);
    expect(presented(...facts).ceremony).toBe(place);
  });
  it('hides nothing of what was recorded', () => {
    const held: Fact = ['launch.held', { on: '2023-05-26', place: { locality: 'Panyu' } }];
    const cancelled: Fact = ['launch.cancelled', { reason: 'No venue' }];
    expect(presented(announced, held).facts).toContainEqual({ type: held[0], version: 2, ...held[1] });
    expect(presented(announced, cancelled).facts).toContainEqual({ type: cancelled[0], version: 2, ...cancelled[1] });
  });

  it('names who launched it and what it establishes as taking part', () => {
    const data = { kind: 'association', establishes: association, by: [exchange] };
    expect(indexFieldsOf(recordOf(self, [['launch.performed', data]]))).toMatchObject({
      kind: 'association',
      parties: [exchange],
      participants: [exchange, association],
    });
  });
  it('is confirmed when everybody who launched it has said so', () => {
    const opened: Fact = ['launch.performed', { kind: 'zone', names: show, by: [exchange], speaksAs: 'party' }];
    const actor = { client: 'gzde', organization: exchange as string };
    expect(standingOf(recordOf(self, [opened], actor))).toBe('confirmed');
    expect(standingOf(recordOf(self, [['launch.performed', platform]], actor))).toBe('reported');
  });
});

describe('the names of a launch', () => {
  it('differ within one language', () => {
    const twice = [
      { value: 'Zone', lang: 'en' },
      { value: 'Zone', lang: 'en' },
    ];
    const launch = { kind: 'zone', performersNotStated: true };
    given([])
      .when('perform-launch', { ...launch, names: twice })
      .thenRefused('name-repeated', '/names/1');
    given([])
      .when('perform-launch', { ...launch, names: twice.slice(1) })
      .thenAccepted();
  });
});
