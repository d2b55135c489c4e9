import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../domain/catalog.ts';
import { lookupIn } from '../../domain/kernel/aggregate.ts';
import { erasePerson, type PersonState } from '../../domain/person/erasure.ts';
import { findNames } from '../../domain/person/free-text.ts';
import { personPointers, withoutPersons } from '../../domain/person/pointers.ts';
import { referencesIn } from '../../domain/values/ids.ts';
import { committed, evidence, given, idOf } from '../support/decider.ts';

const person = idOf('person');
const [exchange, bank] = [idOf('organization', 'a'), idOf('organization', 'b')];

describe('the places of persons', () => {
  const data = {
    signatures: [{ party: 1, signatory: { name: 'Chen Example' } }, { party: 2 }],
    set: { recipient: { person: { name: 'Ana Example' } } },
    notes: [{ text: 'signatory', lang: 'en' }],
  };

  it('are signatories and personal recipients, wherever they stand', () => {
    expect(personPointers(data).map(({ pointer, given: said }) => [pointer, said])).toEqual([
      ['/set/recipient/person', { name: 'Ana Example' }],
      ['/signatures/0/signatory', { name: 'Chen Example' }],
    ]);
    expect(personPointers({ signatory: null, recipient: { organization: exchange }, person: { name: 'x' } })).toEqual(
      [],
    );
  });
  it('are those who share an award, each in its own place', () => {
    const ana = { name: 'Ana Example' };
    const recipients = [{ organization: exchange }, { person: ana, share: '1/2' }, { unidentified: 'A jeweller' }];
    expect(personPointers({ recipients }).map(({ pointer, given: said }) => [pointer, said])).toEqual([
      ['/recipients/1/person', ana],
    ]);
    expect(withoutPersons({ recipients }, () => committed()).recipients).toEqual([
      recipients[0],
      { person: committed(), share: '1/2' },
      recipients[2],
    ]);
  });
  it('are counted the same in whatever order the keys come', () => {
    const { set, ...first } = data;
    const numbers = (value: object) => withoutPersons(value, (_, number) => number);
    expect(numbers({ ...first, set })).toEqual(numbers({ set, ...first }));
    expect(numbers(data)).toMatchObject({ signatures: [{ signatory: 1 }, { party: 2 }], set: { recipient: 0 } });
  });
  it('are put into a copy; where there is nobody, it is the value itself', () => {
    withoutPersons(data, () => committed());
    expect(data.signatures[0]).toEqual({ party: 1, signatory: { name: 'Chen Example' } });
    const nobody = { signatures: [] };
    expect(withoutPersons(nobody, () => committed())).toBe(nobody);
  });
});

describe('a committed person', () => {
  it('is no reference to a record', () => {
    expect(referencesIn({ signatory: committed(), party: exchange })).toEqual([{ pointer: '/party', id: exchange }]);
  });
});

describe('free text', () => {
  const found = (text: string, ...names: string[]) => findNames(names)({ notes: [{ text }] }).length > 0;

  it('is refused where it holds a name, with its place and without the name', () => {
    expect(findNames(['Chen Example'])({ titles: [{ value: 'Deal of Chen Example' }], on: '2023' })).toEqual([
      {
        rule: 'name-in-free-text',
        pointer: '/titles/0/value',
        detail: 'it holds the name of a person',
      },
    ]);
  });
  it.each([
    ['Signed by CHEN  Example.', 'Chen Example'],
    ['Signed by Chen\u200b Example', 'Chen Example'],
    ['Ｃhen Example signed', 'Chen Example'],
    ['由陈示例签署', '陈示例'],
    ['подписал Чен Пример', 'Чен Пример'],
    ['Li’s signature', 'Li'],
    ['陈Li签署', 'Li'],
  ])('holds in "%s" the name %s', (text, name) => {
    expect(found(text, 'Nobody', name)).toBe(true);
  });
  it.each([
    ['Listed in Berlin', 'Li'],
    ['Chen and Example', 'Chen Example'],
    ['Ана', 'Ан'],
    [exchange, 'Organization'],
  ])('does not hold in "%s" the name %s', (text, name) => {
    expect(found(text, name)).toBe(false);
  });
});

describe('a correction of a signatory', () => {
  const registered = [
    'agreement.registered',
    { kind: 'other', parties: [{ organization: exchange }, { organization: bank }] },
  ] as const;
  const signed = ['agreement.signed', { party: bank, signatory: committed('z') }] as const;
  const correct = (set: object) =>
    given([registered, signed]).when('correct-agreement', { corrects: 2, set, reason: 'clerical' });

  it('gives the name anew, and takes it away', () => {
    correct({ signatory: { name: 'Chen Example' } }).then([
      'agreement.corrected',
      { corrects: 2, set: { signatory: committed() }, reason: 'clerical' },
    ]);
    correct({ signatory: null }).thenAccepted();
  });
  it('does not bring a name into a fact that has no signatory', () => {
    given([registered])
      .when('correct-agreement', { corrects: 1, set: { signatory: { name: 'Chen Example' } }, reason: 'clerical' })
      .thenRefused('correction-unfit', '/set/signatory');
  });
});

describe('erase-person', () => {
  const decided = (state: PersonState, data: object = {}) =>
    erasePerson.decide({ legalBasis: 'Article 17', evidence, ...data }, state, {
      id: person,
      today: '2026-01-01',
      opened: '2026-01-01',
      actor: { client: 'registrar', isRegistrar: true },
      lookup: lookupIn(() => ({ record: undefined })),
    });
  const rulesOf = (...asked: Parameters<typeof decided>) => {
    const decision = decided(...asked);
    return decision.ok
      ? []
      : decision.refusals.map(({ rule, pointer }) => (pointer === '' ? rule : `${rule} ${pointer}`));
  };

  it('records which person was erased and why, and no name', () => {
    const decision = decided({ name: 'Chen Example' });
    const [event] = decision.ok ? decision.value.events : [];
    expect(event).toEqual({
      type: 'person.erased',
      data: { person, legalBasis: 'Article 17', evidence, speaksAs: 'other' },
    });
    expect(definitionOf('person.erased').schema.parse(event?.data)).toEqual(event?.data);
  });
  it('refuses to erase a person twice', () => {
    expect(rulesOf({})).toEqual(['already-erased']);
  });
  it('refuses to write the name into the history while erasing it', () => {
    expect(rulesOf({ name: 'Chen Example' }, { legalBasis: 'Chen Example asked for it' })).toEqual([
      'name-in-free-text /legalBasis',
    ]);
  });
  it('refuses evidence at an address with user information', () => {
    const secret = [{ source: { url: 'https://user:pass@example.org' }, basis: 'stated' }];
    expect(rulesOf({ name: 'Chen Example' }, { evidence: secret })).toEqual([
      'user-info-in-address /evidence/0/source/url',
    ]);
  });
  it('refuses evidence that leads to no record', () => {
    const origin = [{ ...evidence[0], origin: exchange }];
    expect(rulesOf({ name: 'Chen Example' }, { evidence: origin })).toEqual(['unknown-reference /evidence/0/origin']);
  });
});
