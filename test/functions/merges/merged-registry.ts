import { expect } from 'vitest';
import { eventsOf } from '../../../functions/stores/event-store.ts';
import { evidence, organization } from '../../support/api.ts';
import { bodyOf, type TestRegistry } from '../../support/registry.ts';

export const registrar = { client: 'registrar' };

/** Words of a test about one registry. */
export function wordsOf(registry: TestRegistry) {
  const post: TestRegistry['post'] = (path, body, how) => registry.post(path, { evidence, ...(body as object) }, how);

  async function landed(path: string, body: object, how?: Parameters<TestRegistry['post']>[2]) {
    const answer = await post(path, body, how);
    expect([200, 201], answer.text).toContain(answer.status);
    return answer;
  }
  const open = async (path: string, body: object): Promise<string> => (await landed(`/v1/${path}`, body)).body.id;

  return {
    post,
    landed,
    open,
    company: (name: string, more: object = {}) => open('organizations', organization(name, more)),
    appoint: (id: string, client: string) => landed(`/v1/organizations/${id}/appoint-client`, { client }, registrar),
    merge: (id: string, into: string) => post(`/v1/organizations/${id}/merge`, { into }, registrar),
    agreement: (...parties: string[]) =>
      open('agreements', { kind: 'supply', parties: parties.map((party) => ({ organization: party })) }),
    get: (path: string) => bodyOf(registry.get(path)),
    /** The events of a stream as they are stored. */
    stored: async (id: string) => (await registry.store.load(id)).commits.flatMap(({ events }) => events),
    events: async (id: string) => (await registry.store.load(id)).commits.flatMap(eventsOf),
    async show() {
      await registry.seal();
      expect(await registry.projector().deliver()).toEqual([]);
    },
  };
}
