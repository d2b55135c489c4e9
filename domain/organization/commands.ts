import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { endsBeforeItBegins } from '../kernel/dating.ts';
import { decideStep, unless } from '../kernel/decide-step.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import type { Rule } from '../problems.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { sameName } from '../values/names.ts';
import { leadingFrom, relatedIn } from './chains.ts';
import { lifecycle } from './closing.ts';
import { clientAppointed, clientDismissed, closed, nameAdded, nameEnded, registered, restored } from './events.ts';
import { identifierFaults, identifierKey, identifierWarnings } from './identifiers.ts';
import { linkCommands, toItself } from './links.ts';
import { mergeOrganization } from './merge.ts';
import { borneAs, type OrganizationState, type Relation, repeatsRelation } from './state.ts';

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

/** Relations that stand in a list for the second time: between the same two there may be several, one after the other. */
const repeatedRelations = (relations: readonly Relation[]): Refusal[] =>
  relations.flatMap((relation, index) =>
    relations.slice(0, index).some((earlier) => repeatsRelation(earlier, relation))
      ? [{ rule: 'relation-repeated', pointer: `/relations/${index}`, detail: 'it stands here twice' }]
      : [],
  );

const registerOrganization = command({
  name: 'register-organization',
  records: 'organization.registered',
  default: true,
  scope: 'registry/submit',
  summary: 'Enter an organization in the register',
  rules: [
    'relation-to-itself',
    'relation-repeated',
    'identifier-malformed',
    'identity-card-number',
    'identifier-repeated',
    'identifier-taken',
    'relation-ring',
    'cap-chain',
  ],
  follows: (data, _, lookup) => leadingFrom(relatedIn({ relations: data.relations }), lookup),
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
      ...repeatedRelations(relations),
      ...identifiers.flatMap((one, index) => identifierFaults(one, `/identifiers/${index}`)),
      ...repeated('identifier-repeated', '/identifiers', identifiers, identifierKey),
    ];
    const warnings = identifiers.flatMap((one) => identifierWarnings(one, context.id));
    return unless({ refusals: faults, warnings }, { type: 'organization.registered', data });
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
  rules: ['name-unknown', 'last-name', 'ends-before-it-begins'],
  schema: submitted(nameEnded),
  example: { name: { value: 'GZDE', lang: 'en' }, on: '2024', evidence },
  decide(data, state: OrganizationState): Result<Decision> {
    if (!state.names.some((name) => sameName(name, data.name))) {
      return refused({ rule: 'name-unknown', pointer: '/name', detail: 'the organization does not bear this name' });
    }
    if (state.names.length === 1) {
      return refused({ rule: 'last-name', pointer: '/name', detail: 'one name always remains: add the new one first' });
    }
    const faults = borneAs(state.names, data.name).flatMap(({ since }) => endsBeforeItBegins(data.on, since));
    if (faults.length > 0) return refused(...faults);
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
  rules: ['already-closed', 'relation-to-itself', 'contradicts-history', 'order-open'],
  schema: submitted(closed),
  example: { on: '2024-12-31', successor: '#exchange', reason: 'Dissolved by its founders', evidence },
  decide(data, state: OrganizationState, context): Result<Decision> {
    if (state.facts.length > 0 && !state.facts.some(({ type }) => type === 'organization.restored')) {
      return refused({ rule: 'already-closed', pointer: '', detail: 'the closing of the organization is recorded' });
    }
    const itself = data.successor === undefined ? [] : toItself(data.successor, context, '/successor');
    return decideStep(lifecycle, state.facts, { type: 'organization.closed', data }, context, itself);
  },
});

const restoreOrganization = command({
  name: 'restore-organization',
  records: 'organization.restored',
  act: 'restore',
  scope: 'registry/submit',
  registrarToo: 'on-any',
  by: 'owner',
  summary: 'Record that the organization, which was closed, exists again',
  rules: ['wrong-state', 'step-missing', 'contradicts-history', 'order-open'],
  schema: submitted(restored),
  example: { on: '2025-06-30', asIfNeverClosed: true, reason: 'Restored to the register by a court', evidence },
  decide(data, { facts }: OrganizationState, context: Context): Result<Decision> {
    return decideStep(lifecycle, facts, { type: 'organization.restored', data }, context);
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
  restoreOrganization,
  appointClient,
  dismissClient,
  mergeOrganization,
];
