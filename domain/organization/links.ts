import { type Context, command, type Decision } from '../kernel/aggregate.ts';
import { endsBeforeItBegins } from '../kernel/dating.ts';
import { submitted } from '../kernel/recorded.ts';
import { accepted, type Refusal, type Result, refused } from '../kernel/refusal.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { leadingFrom } from './chains.ts';
import { identifierLinked, identifierUnlinked, related, relationEnded } from './events.ts';
import { identifierFaults, identifierWarnings, sameIdentifier } from './identifiers.ts';
import { type OrganizationState, relationsEnded, repeatsRelation } from './state.ts';

/** What links an organization to others, and to its entries in other registers. */

export const toItself = (to: string, { id }: Pick<Context, 'id'>, pointer: string): Refusal[] =>
  to === id
    ? [{ rule: 'relation-to-itself', pointer, detail: 'what an organization is related to is another organization' }]
    : [];

const relate = command({
  name: 'relate',
  records: 'organization.related',
  act: 'relate',
  scope: 'registry/submit',
  summary: 'State how the organization is related to another one',
  rules: ['relation-to-itself', 'relation-repeated', 'cap-relations', 'relation-ring', 'cap-chain'],
  follows: (data, _, lookup) => leadingFrom([data.to], lookup),
  schema: submitted(related),
  example: { type: 'subsidiary-of', to: '#group', on: '2019', evidence },
  decide(data, { relations = [] }: OrganizationState, context): Result<Decision> {
    const itself = toItself(data.to, context, '/to');
    if (itself.length > 0) return refused(...itself);
    const { type, to, since = data.on, until } = data;
    if (relations.some((relation) => repeatsRelation(relation, { type, to, since, until }))) {
      return refused({ rule: 'relation-repeated', pointer: '/to', detail: `it is ${data.type} this one already` });
    }
    if (relations.length >= 50) {
      return refused({ rule: 'cap-relations', pointer: '/to', detail: 'an organization has at most 50 relations' });
    }
    return accepted({ events: [{ type: 'organization.related', data }] });
  },
});

const endRelation = command({
  name: 'end-relation',
  records: 'organization.relation-ended',
  act: 'end-relation',
  scope: 'registry/submit',
  registrarToo: 'beyond-the-submitters',
  by: 'owner',
  summary: 'End a relation in which the organization no longer stands',
  rules: ['relation-unknown', 'ends-before-it-begins'],
  schema: submitted(relationEnded),
  example: { type: 'subsidiary-of', to: '#group', on: '2024-03', evidence },
  decide(data, { relations = [] }: OrganizationState): Result<Decision> {
    const ended = relationsEnded(relations, data);
    if (ended.length === 0) {
      return refused({ rule: 'relation-unknown', pointer: '/to', detail: `it is not ${data.type} this one` });
    }
    const faults = ended.flatMap(({ since }) => endsBeforeItBegins(data.on, since));
    if (faults.length > 0) return refused(...faults);
    return accepted({ events: [{ type: 'organization.relation-ended', data }] });
  },
});

const linkIdentifier = command({
  name: 'link-identifier',
  records: 'organization.identifier-linked',
  act: 'link-identifier',
  scope: 'registry/submit',
  summary: 'Link an identifier by which another register knows the organization',
  rules: ['identifier-malformed', 'identity-card-number', 'identifier-repeated', 'cap-identifiers', 'identifier-taken'],
  schema: submitted(identifierLinked),
  example: { identifier: { scheme: 'lei', value: '506700GE1G29325QX363' }, evidence },
  decide(data, { identifiers = [] }: OrganizationState, { id }: Context): Result<Decision> {
    const pointer = '/identifier';
    const faults = identifierFaults(data.identifier, pointer);
    if (faults.length > 0) return refused(...faults);
    if (identifiers.some((identifier) => sameIdentifier(identifier, data.identifier))) {
      return refused({ rule: 'identifier-repeated', pointer, detail: 'the organization already has this identifier' });
    }
    if (identifiers.length >= 20) {
      return refused({ rule: 'cap-identifiers', pointer, detail: 'an organization has at most 20 identifiers' });
    }
    const warnings = identifierWarnings(data.identifier, id);
    return accepted({ events: [{ type: 'organization.identifier-linked', data }], warnings });
  },
});

const unlinkIdentifier = command({
  name: 'unlink-identifier',
  records: 'organization.identifier-unlinked',
  act: 'unlink-identifier',
  scope: 'registry/submit',
  registrarToo: 'beyond-the-submitters',
  by: 'owner',
  summary: 'Unlink an identifier that is not that of the organization any more, or never was',
  rules: ['identifier-unknown', 'ends-before-it-begins'],
  schema: submitted(identifierUnlinked),
  example: { identifier: { scheme: 'lei', value: '506700GE1G29325QX363' }, on: '2024', evidence },
  decide(data, { identifiers = [] }: OrganizationState): Result<Decision> {
    const ended = identifiers.find((identifier) => sameIdentifier(identifier, data.identifier));
    if (!ended) {
      return refused({
        rule: 'identifier-unknown',
        pointer: '/identifier',
        detail: 'the organization does not have this identifier',
      });
    }
    const faults = endsBeforeItBegins(data.on, ended.on);
    if (faults.length > 0) return refused(...faults);
    return accepted({ events: [{ type: 'organization.identifier-unlinked', data }] });
  },
});

export const linkCommands = [relate, endRelation, linkIdentifier, unlinkIdentifier];
