import { describe, expect, it } from 'vitest';
import { idOf } from '../../support/decider.ts';
import { pageOf, type Recorded } from './streams.ts';

const [agreement, one, two] = [idOf('agreement'), idOf('organization', 'a'), idOf('organization', 'b')];
const organization = (stream: string): Recorded => ({
  stream,
  facts: [['organization.registered', { kind: 'company', names: [{ value: stream, lang: 'en' }] }]],
});
const registered = (...parties: string[]): Recorded => ({
  stream: agreement,
  facts: [['agreement.registered', { kind: 'supply', parties: parties.map((party) => ({ organization: party })) }]],
});
const retracted = (stream: string): Recorded => ({
  stream,
  facts: [['organization.retracted', { reason: 'In error' }]],
});

describe('a request', () => {
  const overtaken = [{ rule: 'record-retracted', record: one, detail: expect.stringContaining('registered in error') }];
  const overtakenWhere = async (other: Partial<Recorded>, own: Partial<Recorded>) =>
    (
      await pageOf(agreement, [
        organization(one),
        organization(two),
        { ...retracted(one), ...other },
        { ...registered(one, two), ...own },
      ]).answer()
    ).overtaken;

  it('is another one where another client sends the same', async () => {
    const same = { requestHash: 'same' };
    expect(await overtakenWhere({ ...same, commandId: 'one' }, { ...same, commandId: 'two' })).toEqual(overtaken);
  });

  it('is another one where one client uses the same key', async () => {
    const same = { commandId: 'same' };
    expect(await overtakenWhere({ ...same, requestHash: 'one' }, { ...same, requestHash: 'two' })).toEqual(overtaken);
  });

  it('is one where it writes to several records', async () => {
    const same = { commandId: 'same', requestHash: 'same' };
    expect(await overtakenWhere(same, same)).toBeUndefined();
  });
});
