import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { sameName } from '../values/names.ts';
import { clientAppointed, clientDismissed, closed, nameAdded, nameEnded, registered } from './events.ts';
import { identifierKey } from './identifiers.ts';
import { linkCommands, toItself } from './links.ts';
import { mergeOrganization } from './merge.ts';
import { type OrganizationState, relationKey } from './state.ts';

/** What stands in a list for the second time. */
function repeated<Item>(rule: Rule, pointer: string, items: readonly Item[], keyOf: (item: Item) => string): Refusal[] {
  const seen = new Set<string>();
  return items.flatMap((item, index): Refusal[] => {
    const key = keyOf(item);
    if (seen.has(key)) return [{ rule, pointer: `${pointer}/${index}`, detail: 'it stands here twice' }];
    seen.add(key);
    return [];
  });
}

const registerOrganization = command({
  name: 'register-organization',
  records: 'organization.registered',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an organization in the register',
  rules: ['relation-to-itself', 'relation-repeated', 'identifier-repeated', 'identifier-taken'],
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
    const { relations = [], identifiers = [] } = data;
    const faults: Refusal[] = [
      ...relations.flatMap(({ to }, index) => toItself(to, context, `/relations/${index}/to`)),
      ...repeated('relation-repeated', '/relations', relations, relationKey),
      ...repeated('identifier-repeated', '/identifiers', identifiers, identifierKey),
    ];
    return faults.length > 0 ? refused(...faults) : accepted({ events: [{ type: 'organization.registered', data }] });
  },
});

const addName = command({
  name: 'add-name',
  records: 'organization.name-added',
  act: 'add-name',
  scope: 'registry/submit',
  summary: 'Add a name by which the organization is known',
  rules: ['name-repeated', 'cap-names'],
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
  records: 'organization.name-ended',
  act: 'end-name',
  scope: 'registry/submit',
  registrarToo: 'beyond-the-submitters',
  by: 'owner',
  summary: 'End a name that the organization no longer bears',
  rules: ['name-unknown', 'last-name'],
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

const closeOrganization = command({
  name: 'close-organization',
  records: 'organization.closed',
  act: 'close',
  scope: 'registry/submit',
  registrarToo: 'beyond-the-submitters',
  by: 'owner',
  summary: 'Record that the organization ceased to exist',
  rules: ['already-closed', 'relation-to-itself'],
  schema: submitted(closed),
  example: { on: '2024-12-31', successor: '#exchange', reason: 'Dissolved by its founders', evidence },
  decide(data, state: OrganizationState, context): Result<Decision> {
    if (state.facts.length > 0) {
      return refused({ rule: 'already-closed', pointer: '', detail: 'the closing of the organization is recorded' });
    }
    const itself = data.successor === undefined ? [] : toItself(data.successor, context, '/successor');
    if (itself.length > 0) return refused(...itself);
    return accepted({ events: [{ type: 'organization.closed', data }] });
  },
});

const appointClient = command({
  name: 'appoint-client',
  records: 'organization.client-appointed',
  act: 'appoint-client',
  scope: 'registry/registrar',
  summary: 'Appoint a client to submit on behalf of the organization',
  rules: ['client-taken'],
  schema: submitted(clientAppointed),
  example: { client: 'ndc', evidence },
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
  records: 'organization.client-dismissed',
  act: 'dismiss-client',
  scope: 'registry/registrar',
  summary: 'End the appointment of a client',
  rules: ['client-unknown'],
  schema: submitted(clientDismissed),
  example: { client: 'ndc', evidence },
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

export const commands = [
  registerOrganization,
  addName,
  endName,
  ...linkCommands,
  closeOrganization,
  appointClient,
  dismissClient,
  mergeOrganization,
];
