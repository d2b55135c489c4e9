import { describe, expect, it } from 'vitest';
import { searchable } from '../../support/searching.ts';

const EXCHANGE = ['Гуанчжоуская алмазная биржа@ru', 'Guangzhou Diamond Exchange', 'GZDE', '广州钻石交易中心@zh-Hans'];

describe('a record is found by', () => {
  const register = searchable();
  const found = register.organization([
    ...EXCHANGE,
    "Артём Йодко & People's Łódź@ru",
    'Юрий Хабаровск@ru',
    '「東京」GZDE（珠寶）@ja',
  ]);
  register.organization(['Something else', 'Другое@ru', '别的@zh']);
  const { ids } = register.opened();

  it.each([
    ...EXCHANGE.map((name) => name.split('@')[0] as string),
    // Case, accents, width, compatibility forms.
    'GUANGZHOU diamond eXCHANGE',
    'lodz',
    'ŁÓDŹ',
    'Łódź'.normalize('NFD'),
    'ＧＺＤＥ',
    // ё and е find each other, й stays й, also decomposed.
    'Артем',
    'артём'.normalize('NFD'),
    'йодко',
    'Йодко'.normalize('NFD'),
    // The beginning of any word, and several words in any order.
    'g',
    'гуан',
    'diam',
    'ex di',
    'exchange guangzhou',
    'биржа гуанчжоуская',
    'di ex gu',
    // An apostrophe and an ampersand.
    'peoples',
    'people’s',
    'йодко and',
    // Cyrillic names in Latin letters.
    'yurii',
    'jurij',
    'iurii',
    'yuriy',
    'yuri',
    'khabarovsk',
    'habarovsk',
    'Khabarovsk Yuriy',
    'birzha',
    'almaznaja birza',
    // Chinese by any of its characters, traditional and simplified, and several parts.
    '广',
    '钻',
    '钻石',
    '交易中心',
    '廣州鑽石交易中心',
    '鑽石',
    '中心 广州',
    // Either part of a name in two scripts; punctuation of Chinese parts words.
    '东京',
    '東京',
    '珠宝',
    '珠寶 gzde',
    '「東京」',
  ])('%s', async (q) => {
    expect(await ids(q)).toEqual([found]);
  });

  it.each(['Иодко', 'uangzhou', 'Guangzhou Bank', '钻广', '', '—', '、。', 'di di', 'xyz', '京東'])(
    'but not by %j',
    async (q) => {
      expect(await ids(q)).not.toContain(found);
    },
  );
});

describe('what is found best', () => {
  it('is what is called so, then what has all words in order, words that begin so, and words in another order', async () => {
    const register = searchable();
    const anyOrder = register.organization(['Exchange of Diamonds']);
    const prefix = register.organization(['Diamondfield Exchanges']);
    const words = register.organization(['New Diamond and Gold Exchange']);
    const former = register.organization(['Alpha']);
    register.happened(
      former,
      ['organization.name-added', { name: { value: 'Diamond Exchange', lang: 'en' } }],
      ['organization.name-ended', { name: { value: 'Diamond Exchange', lang: 'en' } }],
    );
    const exact = register.organization(['Diamond Exchange']);
    const { find } = register.opened();
    const { items, truncated } = await find('diamond exchange');
    expect(truncated).toBeUndefined();
    expect(items.map(({ id, matched }) => [id, matched.by])).toEqual([
      [exact, 'exact'],
      [words, 'words'],
      [prefix, 'prefix'],
      [anyOrder, 'any-order'],
      [former, 'exact'],
    ]);
    expect(items.at(-1)?.matched).toEqual({
      by: 'exact',
      name: { value: 'Diamond Exchange', lang: 'en' },
      former: true,
    });
    expect(items.at(-1)?.names).toEqual([{ value: 'Alpha', lang: 'en' }]);
  });

  it('is the one that is called so, and not one with twenty aliases of that word', async () => {
    const register = searchable();
    const many = register.organization(
      Array.from({ length: 20 }, (_, place) => `Diamond ${'abcdefghijklmnopqrst'[place]}`),
    );
    const one = register.organization(['Diamond']);
    const { ids } = register.opened();
    expect(await ids('diamond')).toEqual([one, many]);
    expect(await ids('diam')).toEqual([one, many]);
  });

  it('is a name in the letters that were typed, before one in others', async () => {
    const register = searchable();
    const cyrillic = register.organization(['Биржа Союз@ru']);
    const latin = register.organization(['Birzha Soyuz']);
    expect(await register.opened().ids('birzha soyuz')).toEqual([latin, cyrillic]);
  });
});

describe('a search', () => {
  it('finds nothing by the words of notes and evidence, and of what an agreement is about', async () => {
    const register = searchable();
    const notes = [{ text: 'Hainan', lang: 'en' }];
    const evidence = [{ source: { title: 'Hainan Daily', publisher: 'Hainan' }, basis: 'stated' }];
    register.organization(['A Bank'], { notes, evidence });
    register.add('agreement', 'registered', {
      kind: 'supply',
      subject: [{ text: 'Hainan', lang: 'en' }],
      parties: [],
      notes,
      evidence,
    });
    expect(await register.opened().ids('hainan')).toEqual([]);
  });

  it('finds a record by its register number, its id and its identifiers', async () => {
    const register = searchable();
    const lei = { scheme: 'lei', value: '529900T8BM49AURSDO55' };
    const id = register.organization(['A Bank'], {
      identifiers: [lei, { scheme: 'other', issuer: 'DMCC', value: '30-11' }],
    });
    const { ids, find } = register.opened();
    for (const q of ['O-0', 'o-0', 'o0', id, lei.value, lei.value.toLowerCase(), '5299 00T8 BM49', '3011', '30-11'])
      expect(await ids(q), q).toEqual([id]);
    expect((await find('30-11')).items[0]?.matched).toEqual({
      by: 'identifier',
      identifier: { scheme: 'other', issuer: 'DMCC', value: '30-11' },
    });
    expect(await ids('301')).toEqual([]);
    expect(await ids('O-1')).toEqual([]);
  });

  it('finds what was retracted by its number and identifier only', async () => {
    const register = searchable();
    const lei = { scheme: 'lei', value: '529900T8BM49AURSDO55' };
    const id = register.organization(['Mistaken Bank'], { identifiers: [lei] });
    register.happened(id, ['organization.retracted', { reason: 'A mistake' }]);
    const { ids, find } = register.opened();
    expect(await ids('mistaken')).toEqual([]);
    expect(await ids('O-0')).toEqual([id]);
    expect(await ids(lei.value)).toEqual([id]);
    expect((await find('O-0')).items[0]?.retracted).toBe(true);
  });

  it('finds what was merged as what it became, after that which is called so', async () => {
    const register = searchable();
    const final = register.organization(['Final House'], { kind: 'bank' });
    const merged = register.organization(['Old Bourse']);
    const other = register.organization(['New Bourse']);
    register.happened(merged, ['organization.merged', { into: final }]);
    register.happened(final, ['organization.absorbed', { organization: merged }]);
    const { ids, find } = register.opened();
    expect(await ids('bourse')).toEqual([other, final]);
    expect((await find('old bourse')).items).toMatchObject([
      { id: final, names: [{ value: 'Final House' }], matched: { by: 'exact', mergedFrom: merged } },
    ]);
    // Of the kind that it is now.
    expect(await ids('old', { kind: ['bank'] })).toEqual([final]);
    expect(await ids('old', { kind: ['company'] })).toEqual([]);
    expect(await ids('O-10')).toEqual([final]);
    expect(await ids(merged)).toEqual([final]);
  });

  it('turns pages, each hit once', async () => {
    const register = searchable();
    const all = Array.from({ length: 23 }, (_, place) =>
      register.organization([`Bourse ${place}`, `Bourse No. ${place}`]),
    );
    const { find } = register.opened();
    for (const limit of [1, 7, 100]) {
      const turned: string[] = [];
      for (let after: string | undefined; ; ) {
        const { items, next }: Awaited<ReturnType<typeof find>> = await find('bourse', { limit, after });
        turned.push(...items.map(({ id }) => id));
        after = next;
        if (after === undefined) break;
      }
      expect(turned.toSorted()).toEqual(all.toSorted());
    }
  });
});

describe('in a register of thousands', () => {
  const register = searchable();
  for (let place = 0; place < 2_000; place += 1) {
    register.organization([`Common Diamond Company ${place}`, `Общая компания ${place}@ru`, '通用钻石公司@zh']);
    register.titled(`Common Diamond Agreement ${place}`);
  }
  const rare = register.organization(['Common Zhytomyr Diamond']);
  const bank = register.organization(['Common Diamond Vault'], { kind: 'bank' });
  const exact = register.organization(['Diamond Common']);
  const apart = register.organization(['Diamond of every Common Agreement']);
  const { ids, find, counted } = register.opened();

  it.each([
    'c',
    'common',
    'common diamond',
    'diamond common company agreement',
    'diamond agreement 17',
    'zhytomyr',
    'common zhytomyr',
    'obshchaia kompania',
    '钻',
    '钻石公司',
    '石 通用',
    'nothing whatever',
    'a b c d e f g h',
  ])('%s reads at most 500 rows in three rounds', async (q) => {
    for (const more of [
      {},
      { collection: 'organizations' },
      { collection: 'agreements' },
      { kind: ['bank', 'supply'] },
    ]) {
      await find(q, { limit: 100, ...more });
      expect(counted.rows).toBeLessThanOrEqual(500);
      expect(counted.rounds).toBeLessThanOrEqual(3);
    }
  });

  it('a common word never hides a rare one', async () => {
    for (const q of ['zhytomyr', 'common zhytomyr', 'diamond zhyt', 'common diamond zhytomyr', 'c zhytomyr d']) {
      const page = await find(q);
      expect(page.items.map(({ id }) => id)).toEqual([rare]);
      expect(page.truncated).toBeUndefined();
    }
  });

  it('what is called so stands first although all its words are common', async () => {
    const page = await find('diamond common');
    expect(page.items[0]?.id).toBe(exact);
    expect(page.truncated).toBe(true);
  });

  it('two common words are found together although they stand apart', async () => {
    expect(await ids('diamond agreement', { collection: 'organizations' })).toEqual([apart]);
    expect(await ids('agreement diamond', { collection: 'organizations' })).toEqual([apart]);
  });

  it('a kind narrows what is looked through, and not what is left of it', async () => {
    for (const q of ['common', 'com', 'diamond common', 'd']) {
      expect(await ids(q, { kind: ['bank'] }), q).toEqual([bank]);
    }
    expect(await ids('common', { collection: 'agreements', kind: ['supply'] })).toEqual([]);
  });

  it('says that there may be more', async () => {
    expect((await find('common')).truncated).toBe(true);
    expect((await find('common', { kind: ['bank'] })).truncated).toBeUndefined();
  });
});
