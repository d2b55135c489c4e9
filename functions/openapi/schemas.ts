import { ASIDE_REASON, SHOWN, SUMMARY_PARTICIPANTS } from '../../domain/bounds.ts';
import { aggregates } from '../../domain/catalog.ts';
import { problems } from '../../domain/problems.ts';
import { standings } from '../../domain/record/record.ts';
import { recordLists } from '../../domain/record/shown.ts';
import { evidenceItem } from '../../domain/values/evidence.ts';
import { MAX_COMMANDS } from '../http/limits.ts';
import { jsonSchemaOf, schemaRef } from './parts.ts';

const text = { type: 'string' };
const instant = { type: 'string', format: 'date-time' };
const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  required,
  properties,
});
const listOf = (items: object) => ({ type: 'array', items });

const commandNames = aggregates.flatMap(({ commands }) => commands.flatMap(({ name, act }) => [name, act ?? name]));

const submission = {
  ...object({
    commands: {
      ...listOf({
        ...object(
          {
            command: {
              enum: [...new Set(commandNames)],
              description: 'The command; for an act its own name is enough',
            },
            as: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$', description: 'A name for the record' },
            target: { type: 'string', maxLength: 100, description: 'The record to act on: its id, or `#name`' },
            data: { type: 'object', description: 'The same as the body of the command’s own operation' },
          },
          ['command', 'data'],
        ),
        additionalProperties: false,
      }),
      minItems: 1,
      maxItems: MAX_COMMANDS,
    },
  }),
  additionalProperties: false,
};

const receipt = object(
  {
    id: text,
    version: { type: 'integer', description: 'Version of the last of the events' },
    events: listOf(
      object({
        id: text,
        type: text,
        leafHash: { type: 'string', contentEncoding: 'base64', description: 'RFC 6962 leaf hash of the event' },
      }),
    ),
    recordedAt: instant,
    position: { type: 'integer', description: 'Position of the last event, once it is sealed' },
    warnings: {
      ...listOf(object({ rule: { enum: Object.keys(problems) }, record: text, detail: text })),
      description: 'Rules that are not broken and may need attention',
    },
  },
  ['id', 'version', 'events', 'recordedAt'],
);

const problem = object(
  {
    type: { enum: Object.keys(problems).map((slug) => `/problems/${slug}`) },
    title: text,
    status: { type: 'integer' },
    detail: text,
    instance: { type: 'string', description: 'The path of the request' },
    errors: {
      ...listOf(
        object({
          pointer: { type: 'string', description: 'JSON pointer (RFC 6901) into the body' },
          rule: { enum: Object.keys(problems) },
          detail: text,
        }),
      ),
      description: 'All faults of the request',
    },
  },
  ['type', 'title', 'status', 'detail', 'instance'],
);

const standing = { enum: standings };

const shortNames = {
  ...listOf(object({ value: text, lang: text, kind: text, form: text }, ['value', 'lang'])),
  description: 'Without notes and evidence, which the record itself has',
};

const references = {
  type: 'object',
  description: 'The names of the records that it refers to, by id',
  additionalProperties: object(
    {
      names: shortNames,
      collection: text,
      mergedInto: {
        type: 'string',
        description: 'The organization that it was merged into; `names` are the names of that organization',
      },
      retracted: { const: true, description: 'It was registered in error' },
    },
    ['names', 'collection'],
  ),
};

const more = {
  type: 'object',
  description: `Links to what this answer leaves out: of each list it has the first ${SHOWN}, or fewer large ones`,
  properties: Object.fromEntries(recordLists.map((list) => [list, { type: 'string', format: 'uri-reference' }])),
};

const aside = {
  version: { type: 'integer', description: 'The version that its rows have; 0 when it has none' },
  position: { type: 'integer', description: 'The last position of the first commit that could not be applied' },
  reason: { type: 'string', maxLength: ASIDE_REASON },
};

const record = object(
  {
    id: text,
    version: { type: 'integer' },
    number: { type: 'string', description: 'The register number', examples: ['A-144'] },
    state: { type: 'string', description: 'The state as of its last event, or on the day of `validOn`' },
    certainty: {
      enum: ['certain', 'possible'],
      description: 'With `validOn`: whether the state is the same wherever within their dates facts happened',
    },
    standing,
    recordedAt: instant,
    submittedBy: {
      ...object({ client: text, organization: text }, ['client']),
      description: 'The client that opened it, and the organization that the client then acted for',
    },
    more,
    overtaken: {
      ...listOf(
        object(
          {
            rule: { type: 'string', description: 'The rule that the event would have been refused by' },
            record: { type: 'string', description: 'The other record' },
            detail: { type: 'string', description: 'Type and position of the event, and what the rule found' },
          },
          ['rule', 'record', 'detail'],
        ),
      ),
      maxItems: SHOWN,
      description:
        'Events of the record that an act on another record has overtaken: they were decided on that record as it was read, and when they landed it stood otherwise',
    },
    unjudged: {
      type: 'integer',
      description:
        'Of how many events the answer leaves open whether they were overtaken, because it would read too much',
    },
    setAside: {
      ...object(aside),
      description: 'The read model cannot take the record: lists and figures show an earlier version',
    },
    references,
  },
  ['id', 'version', 'number', 'state', 'standing', 'recordedAt', 'submittedBy', 'references'],
);

const summary = object(
  {
    id: text,
    collection: text,
    number: text,
    version: { type: 'integer' },
    kind: text,
    names: shortNames,
    otherNames: { const: true, description: 'It had other names on other days, or will have: see `validOn`' },
    on: { type: 'string', description: 'Partial date (EDTF levels 0–1)' },
    ceremony: text,
    within: { type: 'object', additionalProperties: text, description: 'What it belongs to' },
    participants: {
      ...listOf(text),
      maxItems: SUMMARY_PARTICIPANTS,
      description: 'The organizations that take part in it: the first of them, if they are more',
    },
    participantCount: { type: 'integer', description: 'How many organizations take part in it' },
    state: text,
    standing,
    recordedAt: instant,
    absorbed: { ...listOf(text), description: 'The organizations that were merged into this one' },
  },
  [
    'id',
    'collection',
    'number',
    'version',
    'names',
    'participants',
    'participantCount',
    'state',
    'standing',
    'recordedAt',
  ],
);

const member = object(
  {
    organization: text,
    membership: { type: 'string', description: 'Id of the membership' },
    number: { type: 'string', description: 'The register number of this stay', examples: ['M-144'] },
    from: { type: 'string', format: 'date', description: 'The first day on which it may have been a member' },
    to: {
      type: 'string',
      format: 'date',
      description: 'The last day on which it may have been a member, once it has left',
    },
    state: { type: 'string', description: 'The state on the day of the request’s `on`' },
    class: text,
    certainty: {
      enum: ['certain', 'possible'],
      description: 'Whether the dates make its membership on that day certain',
    },
  },
  ['organization', 'membership', 'number', 'from', 'state', 'certainty'],
);

const duplicates = object({
  likeness: { type: 'string', description: 'What they share, in the form in which it is compared' },
  organizations: listOf(object({ id: text, names: shortNames })),
});

const clientEntry = object(
  {
    client: { type: 'string', description: 'The client, as the token issuer calls it' },
    organization: text,
    since: { ...instant, description: 'When its appointment was recorded' },
    on: { type: 'string', description: 'Since when it acts for the organization, where the evidence tells' },
  },
  ['client', 'organization', 'since'],
);

const disputeEntry = object({
  id: { type: 'string', description: 'The record' },
  version: { type: 'integer', minimum: 1, description: 'Version of the event that disputes it' },
  by: { type: 'string', description: 'The organization that disputes it' },
  since: { ...instant, description: 'When it was recorded' },
});

/** A CloudEvents 1.0 object. Its bytes in the log are its canonical JSON (RFC 8785), without `position`. */
const event = object(
  {
    specversion: { const: '1.0' },
    id: { type: 'string', description: '`<stream>/<version>`' },
    source: text,
    type: text,
    subject: { type: 'string', description: 'The stream' },
    time: { ...instant, description: 'When it was recorded' },
    datacontenttype: { const: 'application/json' },
    dataschema: { type: 'string', format: 'uri' },
    streamversion: { type: 'integer', minimum: 1 },
    actor: { type: 'string', description: 'The client that submitted' },
    onbehalfof: { type: 'string', description: 'The organization that the client acts for' },
    commandid: { type: 'string', description: 'The request that caused it' },
    data: { type: 'object' },
    position: { type: 'integer', minimum: 0, description: 'Only in feeds and on the event bus' },
  },
  [
    'specversion',
    'id',
    'source',
    'type',
    'subject',
    'time',
    'datacontenttype',
    'dataschema',
    'streamversion',
    'actor',
    'commandid',
    'data',
  ],
);

const person = object(
  {
    id: text,
    record: { type: 'string', description: 'The record that the person is named in, or of whose event the words are' },
    of: { type: 'string', description: 'Of words that mention a person: the person' },
    name: { type: 'string', description: 'The name, or the words' },
    salt: { type: 'string', contentEncoding: 'base64', description: 'The key of the commitment: 32 bytes' },
    erased: { const: true },
    erasedAt: instant,
  },
  ['id', 'record'],
);

const page = (items: object) =>
  object({ items: listOf(items), next: { type: 'string', description: 'The cursor of the next page' } }, ['items']);

/** A page with the names of what its items refer to. */
const referringPage = (items: object) => {
  const { required, properties } = page(items);
  return object({ ...properties, references }, [...required, 'references']);
};

const listPage = (items: object) => {
  const { required, properties } = page(items);
  const total = { type: 'integer', description: 'How many there are in all' };
  return object({ ...properties, total, references }, [...required, 'total', 'references']);
};

const fact = object(
  {
    type: text,
    version: { type: 'integer' },
    position: { type: 'integer', description: 'The position of its event in the log' },
    recordedAt: instant,
    actor: { type: 'string', description: 'The client that submitted' },
    onbehalfof: { type: 'string', description: 'The organization that the client acted for' },
    data: { type: 'object', description: 'What the event says, without its evidence' },
  },
  ['type', 'version', 'position', 'recordedAt', 'actor', 'data'],
);

const projection = object(
  {
    name: text,
    revision: { type: 'integer' },
    position: { type: 'integer', description: 'The last position applied; absent before the first event' },
    lag: { type: 'integer', description: 'How many events it is behind' },
    age: {
      type: 'integer',
      description: 'For how many seconds the first of these has been sealed; 0 when there is none',
    },
    complete: {
      type: 'boolean',
      description: 'Whether it has once come to the end of the log; until then it is being built, and reads answer 503',
    },
    digest: text,
    setAside: {
      ...listOf(object({ id: text, ...aside })),
      description: 'The records that it cannot take; their rows are those of `version`',
    },
  },
  ['name', 'revision', 'lag', 'age', 'complete', 'digest', 'setAside'],
);

const healthState = { enum: ['ok', 'late', 'stopped'] };

const health = object({
  status: { enum: ['ok', 'impaired'], description: '`ok` if every state is' },
  sealing: object(
    {
      state: healthState,
      age: {
        type: 'integer',
        description: 'For how many seconds the oldest commit known to have no position has waited',
      },
      checkedAt: { ...instant, description: 'When the sequencer last looked' },
    },
    ['state', 'age'],
  ),
  readModels: listOf(
    object(
      {
        name: text,
        revision: { type: 'integer' },
        state: healthState,
        position: { type: 'integer', description: 'The last position applied; absent before the first event' },
        lag: { type: 'integer', description: 'How many events it is behind' },
        age: { type: 'integer', description: 'For how many seconds the oldest event not applied has been sealed' },
        setAside: { type: 'integer', description: 'How many records are set aside' },
      },
      ['name', 'revision', 'state', 'lag', 'age', 'setAside'],
    ),
  ),
});

const rows = object(
  {
    items: listOf({
      type: 'array',
      prefixItems: [text, text, { type: 'object' }],
      minItems: 3,
      maxItems: 3,
      description: '`[partition, sort, value]`',
    }),
    position: { type: 'integer', description: 'The position of the read model; absent before the first event' },
    next: { type: 'string', description: 'The cursor of the next page' },
  },
  ['items'],
);

/** The schemas that operations share. */
export const sharedSchemas = {
  Receipt: receipt,
  Submission: submission,
  SubmissionReceipt: object({
    receipts: listOf(schemaRef('Receipt')),
    ids: {
      type: 'object',
      additionalProperties: text,
      description: 'The ids of records by the names that the request gave them',
    },
  }),
  Problem: problem,
  Record: record,
  Summary: summary,
  Summaries: page(schemaRef('Summary')),
  Members: page(schemaRef('Member')),
  Member: member,
  DuplicateGroups: page(duplicates),
  Clients: referringPage(clientEntry),
  Disputes: referringPage(disputeEntry),
  Page: page({ type: 'object' }),
  EvidencePage: listPage(jsonSchemaOf(evidenceItem)),
  FactsPage: listPage(fact),
  PartiesPage: listPage({ type: 'object' }),
  Person: person,
  Event: event,
  Projection: projection,
  Rows: rows,
  Health: health,
};
