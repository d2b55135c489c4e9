import { type Context, command, type Decision } from '../aggregate.ts';
import { submitted } from '../recorded.ts';
import { accepted, type Result, refused } from '../refusal.ts';
import { sameName } from '../values/names.ts';
import { clientAppointed, clientDismissed, nameAdded, nameEnded, registered } from './events.ts';
import type { OrganizationState } from './state.ts';

const evidence = [{ source: { title: 'Press release', publishedOn: '2023-02-27' }, basis: 'stated' }];

const registerOrganization = command({
  name: 'register-organization',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an organization in the register',
  schema: submitted(registered),
  example: {
    kind: 'exchange',
    names: [
      { value: 'Guangzhou Diamond Exchange', lang: 'en' },
      { value: '广州钻石交易中心', lang: 'zh-Hans' },
    ],
    country: 'CN',
    evidence,
  },
  decide(data, _none: undefined, context: Context): Result<Decision> {
    const own = data.relations?.findIndex(({ to }) => to === context.id) ?? -1;
    if (own >= 0) {
      return refused({
        rule: 'relation-to-itself',
        pointer: `/relations/${own}/to`,
        detail: 'an organization cannot be related to itself',
      });
    }
    const repeated = data.names.findIndex((name, index) => data.names.slice(0, index).some((n) => sameName(n, name)));
    if (repeated >= 0) {
      return refused({ rule: 'name-repeated', pointer: `/names/${repeated}`, detail: 'the name stands here twice' });
    }
    return accepted({ events: [{ type: 'organization.registered', data }] });
  },
});

const addName = command({
  name: 'add-name',
  act: 'add-name',
  scope: 'registry/submit',
  summary: 'Add a name by which the organization is known',
  schema: submitted(nameAdded),
  example: { name: { value: 'GZDE', lang: 'en', kind: 'acronym' }, evidence },
  decide(data, state: OrganizationState): Result<Decision> {
    if (state.names.some((name) => sameName(name, data.name))) {
      return refused({ rule: 'name-repeated', pointer: '/name', detail: 'the organization already bears this name' });
    }
    if (state.names.length >= 20) {
      return refused({ rule: 'cap-names', pointer: '/name', detail: 'an organization has at most 20 names at a time' });
    }
    return accepted({ events: [{ type: 'organization.name-added', data }] });
  },
});

const endName = command({
  name: 'end-name',
  act: 'end-name',
  scope: 'registry/submit',
  summary: 'End a name that the organization no longer bears',
  schema: submitted(nameEnded),
  example: { name: { value: 'GZDE', lang: 'en' }, on: '2024', evidence },
  decide(data, state: OrganizationState): Result<Decision> {
    if (!state.names.some((name) => sameName(name, data.name))) {
      return refused({ rule: 'name-unknown', pointer: '/name', detail: 'the organization does not bear this name' });
    }
    if (state.names.length === 1) {
      return refused({ rule: 'last-name', pointer: '/name', detail: 'one name always remains: add the new one first' });
    }
    return accepted({ events: [{ type: 'organization.name-ended', data }] });
  },
});

const appointClient = command({
  name: 'appoint-client',
  act: 'appoint-client',
  scope: 'registry/registrar',
  summary: 'Appoint a client to submit on behalf of the organization',
  schema: submitted(clientAppointed),
  example: { client: 'gzde', evidence },
  decide(data, state: OrganizationState): Result<Decision> {
    if (state.clients.includes(data.client)) {
      return refused({
        rule: 'client-taken',
        pointer: '/client',
        detail: 'the client already acts for this organization',
      });
    }
    return accepted({ events: [{ type: 'organization.client-appointed', data }] });
  },
});

const dismissClient = command({
  name: 'dismiss-client',
  act: 'dismiss-client',
  scope: 'registry/registrar',
  summary: 'End the appointment of a client',
  schema: submitted(clientDismissed),
  example: { client: 'gzde', evidence },
  decide(data, state: OrganizationState): Result<Decision> {
    if (!state.clients.includes(data.client)) {
      return refused({
        rule: 'client-unknown',
        pointer: '/client',
        detail: 'the client does not act for this organization',
      });
    }
    return accepted({ events: [{ type: 'organization.client-dismissed', data }] });
  },
});

export const commands = [registerOrganization, addName, endName, appointClient, dismissClient];
