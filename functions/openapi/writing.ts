import { aggregates, commandsByName } from '../../domain/catalog.ts';
import { type Aggregate, type CommandDefinition, commandName, makes } from '../../domain/kernel/aggregate.ts';
import { whose } from '../../domain/record/whose.ts';
import { exampleOf } from './example-records.ts';
import { answer, type Operation, parameterRef, problemAnswers, schemaRef, whereMerged } from './parts.ts';
import { eraseOperation } from './people.ts';
import { problemsOf, problemsOfOpening, problemsOfSubmission } from './problems.ts';
import { bodyName } from './schemas.ts';

const receiptHeaders = {
  Location: { description: 'The path of the record; not in a dry run', schema: { type: 'string' } },
  ETag: { description: '`"<version>"`; not in a dry run', schema: { type: 'string' } },
  'Idempotency-Replayed': {
    description: '`true` when an earlier try of this request has landed',
    schema: { type: 'string' },
  },
  'Preference-Applied': {
    description: '`wait=N` when everything became visible in time, `dry-run` when nothing was written',
    schema: { type: 'string' },
  },
};
const { Location: _, ETag: __, ...submissionHeaders } = receiptHeaders;

const DRY_RUN = 'With `Prefer: dry-run`: the receipt that the request would get; nothing is written.';
const requestHeaders = [parameterRef('IdempotencyKey'), parameterRef('Prefer')];

const writing = (tag: string, operationId: string, summary: string, ...sentences: readonly string[]) => ({
  tags: [tag],
  summary,
  description: sentences.join(' '),
  operationId,
  security: [{ token: [] }],
});

const code = (text: string | undefined) => `\`${text}\``;
const scopeOf = ({ scope }: CommandDefinition) => `Takes a token with the scope ${code(scope)}.`;

const made = (definition: CommandDefinition) => `makes ${makes(definition).map(code).join(', ')}`;

const isOpener = ({ act }: CommandDefinition) => act === undefined;

/** The POST of a collection: its `command` chooses among the commands that open a record. */
function openingOf(aggregate: Aggregate): Operation {
  const { name, collection, commands, identity } = aggregate;
  const openers = commands.filter(isOpener);
  const byDefault = openers.find((definition) => definition.default);
  const listed = openers.map((one) => `${code(one.name)} (${lowerFirst(one.summary)}; ${made(one)})`).join(', ');
  return {
    ...writing(
      collection,
      `open-${collection}`,
      openers.length === 1 ? (byDefault?.summary ?? '') : `Open a record of kind ${name}`,
      `The \`command\` in the body is one of: ${listed}. The default is ${code(byDefault?.name)}.`,
      identity
        ? 'There is one record for each identity. If that record exists already, the fact is added to it, and the answer is 200.'
        : 'Each request opens a record of its own, whose id is derived from the client and the Idempotency-Key.',
      [...new Set(openers.map(scopeOf))].join(' '),
    ),
    parameters: requestHeaders,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: openingSchema(openers), examples: openingExamples(openers) } },
    },
    responses: {
      201: answer('Recorded', schemaRef('Receipt'), receiptHeaders),
      200: answer(
        identity ? `Added to the record that existed already. ${DRY_RUN}` : DRY_RUN,
        schemaRef('Receipt'),
        receiptHeaders,
      ),
      ...problemAnswers(problemsOfOpening(aggregate)),
    },
  };
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

function openingSchema(openers: readonly CommandDefinition[]): object {
  const alternatives = openers.map((definition) => [definition.name, schemaRef(bodyName(definition))] as const);
  const [only] = alternatives;
  if (only && alternatives.length === 1) return only[1];
  const mapping = Object.fromEntries(alternatives.map(([name, { $ref }]) => [name, $ref]));
  return { oneOf: alternatives.map(([, one]) => one), discriminator: { propertyName: 'command', mapping } };
}

const openingExamples = (openers: readonly CommandDefinition[]) =>
  Object.fromEntries(
    openers.map((definition) => [
      definition.name,
      { summary: definition.summary, value: { command: definition.name, ...exampleOf(definition) } },
    ]),
  );

function actOf({ collection, name }: Aggregate, definition: CommandDefinition): Operation {
  return {
    ...writing(
      collection,
      definition.name,
      definition.summary,
      `The command ${code(commandName(definition))} on one record of kind ${name}; it ${made(definition)}.`,
      scopeOf(definition),
      `For ${whose(definition)}.`,
    ),
    parameters: [parameterRef(`${name}Id`), ...requestHeaders, parameterRef('IfMatch')],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: schemaRef(bodyName(definition)), example: exampleOf(definition) } },
    },
    responses: {
      200: answer(`Recorded. ${DRY_RUN}`, schemaRef('Receipt'), receiptHeaders),
      ...whereMerged({ name }),
      ...problemAnswers(problemsOf(definition)),
    },
  };
}

function submissionExample(): object {
  const data = (name: string) => {
    const found = commandsByName.get(name);
    return found && exampleOf(found.definition);
  };
  return {
    commands: [
      { command: 'register-organization', as: 'a', data: data('register-organization') },
      { command: 'add-name', target: '#a', data: data('add-name') },
    ],
  };
}

const submissions = (): Operation => ({
  ...writing(
    'submissions',
    'submit',
    'Land up to 99 commands together, or none of them',
    'A command that opens a record may name it with `as`; later commands write `#name` wherever an id is expected,',
    'including their `target`. The `command` of an act is the last part of its path, such as `sign`, because the target',
    'determines the collection. Each command takes the scope of its own operation.',
  ),
  parameters: requestHeaders,
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaRef('SubmissionBody'), example: submissionExample() } },
  },
  responses: {
    201: answer('All recorded', schemaRef('SubmissionReceipt'), submissionHeaders),
    200: answer(DRY_RUN, schemaRef('SubmissionReceipt'), submissionHeaders),
    ...problemAnswers(problemsOfSubmission()),
  },
});

/** Every operation that writes, with its path. */
export const writeOperations = (): [string, Operation][] => [
  ['/v1/submissions', submissions()],
  ['/v1/people/{id}/erase', eraseOperation(receiptHeaders)],
  ...aggregates.flatMap((aggregate): [string, Operation][] => [
    [`/v1/${aggregate.collection}`, openingOf(aggregate)],
    ...aggregate.commands
      .filter((definition) => !isOpener(definition))
      .map((definition): [string, Operation] => [
        `/v1/${aggregate.collection}/{id}/${definition.act}`,
        actOf(aggregate, definition),
      ]),
  ]),
];
