import { describe, expect, it } from 'vitest';
import type { Member } from '../../../domain/answers/memberships.ts';
import { applyCommit, type SealedRecord } from '../../../domain/projections/projection.ts';
import { records } from '../../../domain/projections/records.ts';
import { placeOfCursor } from '../../../domain/reading/cursors.ts';
import { programmeOf } from '../../../domain/reading/programme.ts';
import { rosterOf } from '../../../domain/reading/roster.ts';
import { summariesOf } from '../../../domain/reading/summarized.ts';
import { eventsOf, type Fact, idOf } from '../../support/decider.ts';
import { rowsInMemory } from '../../support/rows-in-memory.ts';

let position = 0;
function recorded(id: string, ...facts: Fact[]): SealedRecord {
  const record = applyCommit(undefined, eventsOf(id, facts), position) as SealedRecord;
  position += facts.length;
  return record;
}
const body = idOf('organization', 'y');
const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const memberships = letters.map((letter, at) =>
  recorded(
    idOf('membership', letter),
    ['membership.admitted', { body, organization: idOf('organization', letter), on: `202${at}-01-01` }],
    ...(at < 3 ? [['membership.resigned', { on: '2026-06-30' }] satisfies Fact] : []),
  ),
);

describe('the roster of a body', () => {
  const none = () => expect.fail('a stay of a fact or two is in its row');

  it.each([1, 2, 3, 4, 6, 7])('has each stay once by pages of %i, and no page behind the last stay', async (limit) => {
    const { reader } = rowsInMemory(records, memberships);
    const members: Member[] = [];
    const sizes: number[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const cursor = next === '' ? undefined : placeOfCursor(next);
      const page = await rosterOf(reader, [body], { on: '2026-01-01', limit, cursor }, async () => none());
      members.push(...page.items);
      sizes.push(page.items.length);
      next = page.next;
    }
    const last = ['f', 'e', 'd', 'c', 'b', 'a'].map((letter) => idOf('organization', letter));
    expect(members.map(({ organization }) => organization).sort()).toEqual([...last].sort());
    expect(sizes).toHaveLength(Math.ceil(letters.length / limit));
  });
});

describe('a programme', () => {
  it('is read from rows alone, with the roles and the names of all that it shows', async () => {
    const [whole, part] = [idOf('ceremony', 'w'), idOf('ceremony', 'p')];
    const [host, bank] = [idOf('organization', 'h'), idOf('organization', 'b')];
    const named = (value: string) => ({ kind: 'company', names: [{ value, lang: 'en' }] });
    const roles = [{ organization: host, role: 'host' }];
    const { reader, counted } = rowsInMemory(records, [
      recorded(host, ['organization.registered', named('Host')]),
      recorded(bank, ['organization.registered', named('Bank')]),
      recorded(whole, ['ceremony.recorded', { kind: 'conference', roles, unnamed: [{ role: 'guest' }] }]),
      recorded(part, ['ceremony.recorded', { kind: 'signing', partOf: whole }]),
      recorded(idOf('agreement'), [
        'agreement.registered',
        { kind: 'supply', ceremony: part, parties: [{ organization: host }, { organization: bank }] },
      ]),
    ]);
    const summary = (await summariesOf(reader, [whole])).get(whole);
    if (!summary) expect.fail('the ceremony has a row');
    const programme = await programmeOf(reader, summary);
    expect(programme).toMatchObject({
      roles,
      unnamed: [{ role: 'guest' }],
      parts: [{ id: part, recorded: { agreements: [{ id: idOf('agreement') }] } }],
    });
    expect(Object.keys(programme.references).sort()).toEqual([host, bank, whole, part].sort());
    // Its own summary; then entries and summaries of each of the two levels; then the names.
    expect(counted.rounds).toBe(6);
  });
});
