import createClient from 'openapi-fetch';
import { client } from './hey-api/client.gen.ts';
import * as sdk from './hey-api/index.ts';
import type { components, paths } from './paths.ts';

/** Submits, reads and lists with clients that were generated from the OpenAPI document; prints what they answered as JSON. */

const [url = '', token = ''] = process.argv.slice(2);
const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' as const }];
const headers = (key: string) => ({ 'Idempotency-Key': key, Prefer: 'wait=10' });

/** The answer, or an error that says what was answered instead. */
function answered<Data>({ data, error }: { data?: Data; error?: unknown }): NonNullable<Data> {
  if (data === undefined || data === null) throw new Error(JSON.stringify(error));
  return data;
}

/** With the client that Hey API generates. */
async function walkWithHeyApi() {
  client.setConfig({ baseUrl: url, auth: token });
  const register = async (name: string) =>
    answered(
      await sdk.openOrganizations({
        headers: headers(name),
        body: { command: 'register-organization', kind: 'exchange', names: [{ value: name, lang: 'en' }], evidence },
      }),
    ).id;
  const parties = [{ organization: await register('North') }, { organization: await register('South') }];
  const opened = answered(
    await sdk.openAgreements({
      headers: headers('agreement'),
      body: { command: 'register-agreement', kind: 'cooperation', parties, evidence },
    }),
  );
  const path = { id: opened.id };
  const party = parties[0]?.organization ?? '';
  answered(await sdk.signAgreement({ path, headers: headers('signing'), body: { party, on: '2023-02-23', evidence } }));
  const record = answered(await sdk.getAgreement({ path, query: { minPosition: opened.position } }));
  const history = answered(await sdk.historyAgreement({ path }));
  const list = answered(await sdk.listAgreements({ query: { organization: party } }));
  return {
    id: opened.id,
    states: record.parties.map(({ state }) => state),
    signedBy: history.items.flatMap((item) => (item.type === 'agreement.signed' ? [item.data.party] : [])),
    listed: list.items.map(({ id }) => id),
  };
}

/** With the types that openapi-typescript generates, and a client that others wrote. */
async function readWithOpenapiFetch(id: string) {
  const api = createClient<paths>({ baseUrl: url });
  const { data, error } = await api.GET('/v1/agreements/{id}', { params: { path: { id } } });
  const record: components['schemas']['AgreementRecord'] = answered({ data, error });
  const missing = await api.GET('/v1/agreements/{id}', { params: { path: { id: id.replace(/.$/, '2') } } });
  return { states: record.parties.map(({ state }) => state), problem: missing.error?.type };
}

const walked = await walkWithHeyApi();
console.log(JSON.stringify({ ...walked, read: await readWithOpenapiFetch(walked.id) }));
