import { describe, expect, it } from 'vitest';
import { looselySpelt, romanized } from '../../../../domain/projections/search/romanization.ts';
import { nameWords } from '../../../../domain/projections/search/words.ts';

const texts = (name: string) => nameWords(name).map(({ text }) => text);

describe('the words of a name', () => {
  it.each([
    ['case, also where one letter becomes two', 'STRASSE', ['strasse']],
    ['', 'Straße', ['strasse']],
    ['', 'ΣΊΣΥΦΟΣ', ['σισυφοσ']],
    ['', 'İstanbul ISPARTA ısparta', ['istanbul', 'isparta', 'isparta']],
    ['accents and strokes of Latin letters', 'Łódź Øresund Société', ['lodz', 'oresund', 'societe']],
    ['the same, decomposed', 'Société'.normalize('NFD'), ['societe']],
    ['й stays й', 'Йодный май', ['йодный', 'май']],
    ['also decomposed', 'Йодный май'.normalize('NFD'), ['йодный', 'май']],
    ['и is another letter', 'маи', ['маи']],
    ['ё is е', 'Ёлка Артём', ['елка', 'артем']],
    ['also decomposed', 'Ёлка Артём'.normalize('NFD'), ['елка', 'артем']],
    ['stress is put aside', 'Гуанчжо\u0301у', ['гуанчжоу']],
    ['letters of other Cyrillic alphabets stay', 'Київ Ґаза Ўзбек әлем', ['київ', 'ґаза', 'ўзбек', 'әлем']],
    ['traditional characters become simplified ones', '廣州鑽石交易中心', ['广州钻石交易中心']],
    ['', '廣東省珠寶玉石交易中心', ['广东省珠宝玉石交易中心']],
    ['simplified ones stay', '广州钻石交易中心', ['广州钻石交易中心']],
    ['punctuation of Chinese parts words', '广州（钻石）、中心・东京', ['广州', '钻石', '中心', '东京']],
    ['so do scripts', 'GZDE广州 АлросаBank 2023年', ['gzde', '广州', 'алроса', 'bank', '2023', '年']],
    ['width is put aside', 'ＧＺＤＥ ﾀﾜｰ', ['gzde', 'タワー']],
    ['digits stay with their letters', '7th 2-я GB32100', ['7th', '2', 'я', 'gb32100']],
    ['apostrophes part nothing', "People's Oʻzbekiston L’Oréal", ['peoples', 'ozbekiston', 'loreal']],
    ['& is and', 'Gems & Jade', ['gems', 'and', 'jade']],
    ['Korean', '삼성전자 주식회사', ['삼성전자', '주식회사']],
    ['nothing', ' ·—「」 ', []],
  ])('%s: %s', (_, name, words) => {
    expect(texts(name)).toEqual(words);
  });

  it('tell what stands behind an apostrophe', () => {
    expect(nameWords("Côte d'Or, L’Oréal").map(({ tails }) => tails)).toEqual([[], ['or'], ['oreal']]);
  });
});

describe('Cyrillic words in Latin letters', () => {
  it.each([
    ['Юрий', ['yurii', 'yuriy', 'iurii', 'jurij']],
    ['Хабаровск', ['khabarovsk', 'habarovsk']],
    ['Екатеринбург', ['yekaterinburg', 'ekaterinburg', 'jekaterinburg']],
    ['Чехов', ['chekhov', 'chehov', 'cehov']],
    ['Щукин', ['shchukin', 'scukin']],
    ['Николаев', ['nikolaev', 'nikolayev']],
    ['биржа', ['birzha', 'birza']],
    ['Киев', ['kiev', 'kiyev']],
    ['Київ', ['kyiv', 'kiiv']],
    ['Цзинь', ['tszin', 'czin']],
  ])('%s', (name, spellings) => {
    const [word] = nameWords(name);
    for (const spelling of spellings) expect(word?.romanized).toContain(looselySpelt(spelling));
  });

  it('are given for no other word', () => {
    expect(romanized('exchange')).toEqual([]);
    expect(romanized('广州')).toEqual([]);
  });
});
