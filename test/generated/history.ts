/** A command of a submission; `as` names what it opens. */
interface Planned {
  readonly command: string;
  readonly as?: string;
  readonly target?: string;
  readonly data: object;
}

/** Commands that land together, and as whom. */
export interface PlannedSubmission {
  readonly commands: readonly Planned[];
  readonly isRegistrar: boolean;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PLACES = [
  ['Shanghai', 'Шанхайская', '上海'],
  ['Guangzhou', 'Гуанчжоуская', '广州'],
  ['Khabarovsk', 'Хабаровская', '哈巴罗夫斯克'],
  ['Antwerp', 'Антверпенская', '安特卫普'],
  ['Tianjin', 'Тяньцзиньская', '天津'],
  ['Yerevan', 'Ереванская', '埃里温'],
  ['Harbin', 'Харбинская', '哈尔滨'],
  ['Nanyang', 'Наньянская', '南阳'],
] as const;
const FIELDS = [
  ['Diamond', 'алмазная', '钻石'],
  ['Jewellery', 'ювелирная', '珠宝'],
  ['Gold', 'золотая', '黄金'],
  ['Timber', 'лесная', '木材'],
  ['Grain', 'зерновая', '粮食'],
  ['Pearl', 'жемчужная', '珍珠'],
] as const;
const FORMS = [
  ['Exchange', 'биржа', '交易所', 'exchange'],
  ['Company', 'компания', '公司', 'company'],
  ['Bank', 'палата', '银行', 'bank'],
  ['Association', 'ассоциация', '协会', 'association'],
] as const;
const WORDS = ['North', 'Golden', 'United', 'River', 'Silver', 'Pacific', 'Crown', 'Jade', 'Eastern', 'First'] as const;
const AGREEMENTS = ['cooperation', 'memorandum', 'other'] as const;
const EVIDENCE = [{ source: { title: 'A generated source', publishedOn: '2023-02-27' }, basis: 'stated' }];

/** Of ten records, how many are of which kind. */
const KINDS = [
  ...Array(7).fill('organization'),
  ...Array(5).fill('agreement'),
  ...Array(3).fill('membership'),
  ...Array(2).fill('award'),
  ...Array(2).fill('launch'),
  'cohort',
] as const;
const TOGETHER = 20;

/**
 * A plausible history of so many records, decided by the seed alone: names in three scripts, a few organizations that take
 * part in very much, and corrections, name changes, retractions and merges of some. `idOf` tells the id that a name was given,
 * once the submission before has landed.
 */
export function* plausibleHistory(
  records: number,
  seed: number,
  idOf: (name: string) => string,
): Generator<PlannedSubmission> {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const of = <One>(list: readonly One[]): One => list[below(list.length)] as One;
  const known: string[] = [];
  const admitted = new Set<string>();
  let made = 0;

  /** Low numbers far more often than high ones. */
  const popular = (): string => idOf(known[Math.floor(known.length * random() ** 4)] ?? '');
  const several = (count: number): string[] => {
    const some = new Set<string>();
    while (some.size < Math.min(count, known.length)) some.add(popular());
    return [...some];
  };
  const day = () =>
    `${2015 + below(9)}-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`;
  const en = (value: string) => ({ value, lang: 'en' });

  function organization(number: number): object {
    const [place, field, form, word] = [of(PLACES), of(FIELDS), of(FORMS), of(WORDS)];
    return {
      kind: form[3],
      names: [
        en(`${place[0]} ${word} ${field[0]} ${form[0]} ${number}`),
        ...(random() < 0.4 ? [{ value: `${place[1]} ${field[1]} ${form[1]} ${number}`, lang: 'ru' }] : []),
        ...(random() < 0.4 ? [{ value: `${place[2]}${field[2]}${form[2]}${number}`, lang: 'zh' }] : []),
      ],
    };
  }

  function opening(kind: string, number: number): Planned {
    const as = `${kind}-${number}`;
    const open = (command: string, data: object): Planned => ({ command, as, data: { ...data, evidence: EVIDENCE } });
    if (kind === 'agreement') {
      const parties = several(2 + below(3));
      const signed = parties
        .slice(0, 1 + below(parties.length))
        .map((party) => ({ party, mode: 'definitive', on: day() }));
      return open('register-agreement', {
        kind: of(AGREEMENTS),
        titles: [en(`Agreement ${number} on trade in ${of(FIELDS)[0].toLowerCase()}`)],
        ...(random() < 0.7 && { ceremony: idOf('ceremony') }),
        parties: parties.map((party) => ({ organization: party })),
        signatures: signed,
      });
    }
    if (kind === 'membership') {
      const [body = '', organization = ''] = several(2);
      if (!admitted.has(`${body} ${organization}`)) {
        admitted.add(`${body} ${organization}`);
        return open('admit', { body, organization, on: day() });
      }
    }
    if (kind === 'award') {
      const other = several(2).find((id) => id !== idOf('organization-0')) ?? '';
      return open('confer-award', {
        programme: idOf('programme'),
        category: `Work ${number}`,
        recipient: { organization: other },
        on: day(),
      });
    }
    if (kind === 'launch') {
      const names = [en(`${of(PLACES)[0]} ${of(FIELDS)[0]} Platform ${number}`)];
      return open('perform-launch', {
        kind: 'platform',
        names,
        by: several(1),
        mode: 'sole',
        meaning: 'launched',
        on: day(),
      });
    }
    if (kind === 'cohort') {
      return open('record-cohort', { subject: 'intents', body: popular(), count: { min: 3 + below(60) } });
    }
    return { ...open('register-organization', organization(number)), as: `organization-${number}` };
  }

  function* actsOn(opened: readonly Planned[]): Generator<PlannedSubmission> {
    const act = (command: string, target: string, data: object, isRegistrar = false): PlannedSubmission => ({
      commands: [{ command, target, data: { ...data, evidence: EVIDENCE } }],
      isRegistrar,
    });
    for (const { as = '', data } of opened) {
      const id = idOf(as);
      const chance = random();
      if (as.startsWith('organization-')) {
        if (chance < 0.05) yield act('add-name', id, { name: en(`${of(WORDS)} ${of(PLACES)[0]} ${as}`) });
        else if (chance < 0.06 && known.length > 40) {
          known.splice(known.indexOf(as), 1);
          // Not a popular one: a merge rests on all that both take part in, and one request guards at most 100 streams.
          yield act('merge', id, { into: idOf(of(known)) }, true);
        }
      } else if (chance < 0.02) {
        const period = as.startsWith('membership-') && { period: 1 };
        yield act('retract', id, { reason: 'Registered twice', ...period });
      } else if (chance < 0.06) {
        const set = { notes: [{ text: 'The translation is doubtful', lang: 'en' }] };
        yield act('correct', id, { corrects: 1, set, reason: 'translation' });
      } else if (as.startsWith('cohort-') && chance < 0.4) {
        const { body } = data as { readonly body?: string };
        yield act('identify', id, { organization: several(2).find((one) => one !== body) });
      }
    }
  }

  const first = Array.from({ length: 10 }, (_, index) => opening('organization', index));
  yield { commands: first, isRegistrar: false };
  known.push(...first.map(({ as = '' }) => as));
  made = first.length;
  const around = [
    { command: 'record-ceremony', as: 'ceremony', data: { kind: 'signing', on: '2023-02-23', evidence: EVIDENCE } },
    {
      command: 'open-programme',
      as: 'programme',
      data: { names: [en('Prize of the Trade')], conferredBy: [idOf('organization-0')], evidence: EVIDENCE },
    },
  ];
  yield { commands: around, isRegistrar: false };
  made += around.length;
  while (made < records) {
    const opened = Array.from({ length: Math.min(TOGETHER, records - made) }, (_, index) =>
      opening(of(KINDS), made + index),
    );
    yield { commands: opened, isRegistrar: false };
    made += opened.length;
    known.push(...opened.flatMap(({ as = '' }) => (as.startsWith('organization-') ? [as] : [])));
    yield* actsOn(opened);
  }
}
