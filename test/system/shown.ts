import { expect } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: the checks assert what it is
type Answer = any;

/** What the comments in the README's snippets say of the answers below them. */
export const SHOWN: Readonly<Record<string, (...answers: readonly Answer[]) => void>> = {
  'the conference: nine role holders, its parts, and what was recorded at each'(programme) {
    expect(programme.roles).toHaveLength(9);
    expect(programme.parts.length).toBeGreaterThan(5);
    const parts = [...programme.parts, ...programme.parts.flatMap((part: Answer) => part.parts)];
    for (const { recorded } of parts) expect(recorded).toBeTypeOf('object');
    const collections = parts.flatMap(({ recorded }) => Object.keys(recorded));
    expect(collections).toEqual(expect.arrayContaining(['agreements', 'launches', 'cohorts', 'award-programmes']));
  },
  'the signing as it was first reported: six parties, one inferred, one described but not named'({ parties }) {
    expect(parties).toHaveLength(6);
    expect(parties.filter(({ basis }: Answer) => basis === 'inferred')).toHaveLength(1);
    expect(parties.filter((party: Answer) => 'unidentified' in party)).toHaveLength(1);
  },
  'those who wished to join: a count of at least 31, and no memberships'(cohort, memberships) {
    expect(cohort).toMatchObject({ subject: 'intents', count: { min: 31 }, identified: [] });
    expect(memberships.items).toEqual([]);
  },
  'five launches: a zone, a platform, an exhibition, an association and a conference'({ items }) {
    const kinds = items.map(({ kind }: Answer) => kind).sort();
    expect(kinds).toEqual(['association', 'conference', 'exhibition', 'platform', 'zone']);
  },
  'an exchange with its Russian, English and Chinese names, and all that it took part in'(organization, activity) {
    const languages = organization.names.map(({ lang }: Answer) => lang);
    expect(new Set(languages)).toEqual(new Set(['ru', 'en', 'zh-Hans']));
    expect(activity.items.length).toBeGreaterThan(5);
    for (const { participants } of activity.items) expect(participants).toContain(organization.id);
  },
  'the history in its sealed order from its first event on, and the positions of the read models'(events, { items }) {
    expect(events.map(({ position }: Answer) => position)).toEqual(events.map((_: Answer, index: number) => index));
    expect(items).not.toEqual([]);
    for (const model of items) expect(model.position, model.name).toEqual(expect.any(Number));
  },
  'every hash, tile and signature of the published log; and that the read model follows from it'(verified, compared) {
    expect(verified).toMatch(/^The log of localhost\/\w+ holds: \d+ events, root \S+, signed by /);
    expect(compared).toContain('follows from the log');
  },
  'the proof that one event is in the log (C2SP tlog-proof), under the signed checkpoint'(proof) {
    expect(proof).toMatch(
      /^c2sp\.org\/tlog-proof@v1\nindex \d+\n(\S{44}\n)+\nlocalhost\/\w+\n\d+\n\S{44}\n\n— localhost\/\w+ \S+\n$/,
    );
  },
  'what was known before the correction: one signing of six'({ state, parties }) {
    expect([state, parties.length]).toEqual(['signed', 6]);
  },
  'after the correction: retracted, with the records that replace it'({ state, retractions }) {
    expect(state).toBe('retracted');
    expect(retractions).toEqual([
      expect.objectContaining({ replacedBy: expect.arrayContaining([expect.any(String)]) }),
    ]);
  },
  'what was signed: five agreements'({ items }) {
    expect(items.map(({ state }: Answer) => state)).toEqual(Array.from({ length: 5 }, () => 'signed'));
  },
  'who said it, and on what evidence'({ items }) {
    expect(items.length).toBeGreaterThan(7);
    for (const { actor, data } of items) expect([typeof actor, data.evidence.length > 0]).toEqual(['string', true]);
  },
  'two periods, each with a register number of its own; what each event changed; the members on a day'(
    membership,
    history,
    members,
  ) {
    const numbers = membership.periods.map(({ number }: Answer) => number);
    expect(new Set(numbers.filter((number: string) => /^M-\d+$/.test(number))).size).toBe(2);
    expect(membership.state).toBe('member');
    expect(history.items).toHaveLength(4);
    for (const { changes } of history.items) expect(changes.length).toBeGreaterThan(0);
    expect(members.items).toEqual([expect.objectContaining({ certainty: 'certain' })]);
  },
  'an agreement with fewer than two remaining parties has ended'({ state }) {
    expect(state).toBe('terminated');
  },
};
