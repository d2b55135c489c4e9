import * as z from 'zod';
import { answersIn } from '../../domain/answers/answers.ts';
import {
  healthAnswer,
  openingAnswer,
  readModelAnswer,
  readModelList,
  rowsAnswer,
  unhealthyShown,
} from '../../domain/answers/audit.ts';
import { anyEvent, eventBatch } from '../../domain/answers/events.ts';
import {
  activityPage,
  clientEntry,
  disputeEntry,
  duplicateGroup,
  programmeAnswer,
  programmePart,
  timelinePage,
  vaultAnswer,
} from '../../domain/answers/lists.ts';
import { member, membersPage } from '../../domain/answers/memberships.ts';
import {
  instant,
  listPageOf,
  nameShown,
  pageOf,
  partyOrganization,
  references,
  referringPageOf,
  shownPerson,
} from '../../domain/answers/parts.ts';
import { answerProof } from '../../domain/answers/proof.ts';
import {
  faultShown,
  mergedAnswer,
  problemPage,
  problemShown,
  receipt,
  ruleShown,
  submissionReceipt,
  warningShown,
} from '../../domain/answers/receipts.ts';
import { historyPageOf, listOfRecord, standingShown } from '../../domain/answers/record.ts';
import { relationsAnswer } from '../../domain/answers/relations.ts';
import { searchHit, searchPage } from '../../domain/answers/search.ts';
import { overviewAnswer, statisticsAnswer, statisticsRow } from '../../domain/answers/statistics.ts';
import { aggregates } from '../../domain/catalog.ts';
import { roleHolder } from '../../domain/ceremony/events.ts';
import type { Aggregate, CommandDefinition } from '../../domain/kernel/aggregate.ts';
import { relation } from '../../domain/organization/events.ts';
import { identifier } from '../../domain/organization/identifiers.ts';
import { erasePerson } from '../../domain/person/erasure.ts';
import { bodiesOnAnyRecord } from '../../domain/record/commands.ts';
import { anyJson, factsOnAnyRecord } from '../../domain/record/events.ts';
import { count } from '../../domain/values/count.ts';
import { document, evidence, evidenceItem, sha256Hex, source } from '../../domain/values/evidence.ts';
import { anyRef, ref } from '../../domain/values/ids.ts';
import { name, names } from '../../domain/values/names.ts';
import { partialDate } from '../../domain/values/partial-date.ts';
import { party, place } from '../../domain/values/party.ts';
import { committedPerson, mention, namedPerson, personId } from '../../domain/values/person.ts';
import { basis, country, languageTag, localizedText, maxBytesOf, notes } from '../../domain/values/text.ts';
import { submissionBody } from '../commands/submission.ts';
import { schemaRef } from './parts.ts';

/** The named schemas of the document: all are made of the shapes that validate, or that tests hold the answers to. */

type Named = Readonly<Record<string, z.ZodType>>;

/** `award-programme` as the beginning of a name. */
export const pascal = (text: string): string =>
  text
    .split(/[-.]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

/** Values that requests and answers have in common, and that have no members. */
const scalars: Named = {
  AnyJson: anyJson,
  Basis: basis,
  Country: country,
  Instant: instant,
  LanguageTag: languageTag,
  PartialDate: partialDate,
  RecordId: anyRef,
  ...Object.fromEntries(aggregates.map(({ name: aggregate }) => [`${pascal(aggregate)}Id`, ref(aggregate)])),
  PersonId: personId,
  Sha256: sha256Hex,
};

/** Values with members. A request takes no others than these; answers may have more one day. */
const values: Named = {
  Count: count,
  Document: document,
  Evidence: evidence,
  EvidenceItem: evidenceItem,
  Identifier: identifier,
  LocalizedText: localizedText,
  Name: name,
  Names: names,
  Notes: notes,
  Party: party,
  Place: place,
  Relation: relation,
  RoleHolder: roleHolder,
  Source: source,
};

/** The data of an aggregate's events, but for those that several types share. */
function eventData({ events }: Aggregate): Named {
  const types = Map.groupBy(events, ({ schema }) => schema);
  return Object.fromEntries(
    events
      .filter(({ schema }) => types.get(schema)?.length === 1)
      .flatMap(({ type, schema, older = [] }) => [
        [pascal(type), schema],
        ...older.map((one, index) => [`${pascal(type)}${index + 1}`, one.schema]),
      ]),
  );
}

/** Records that cohorts count stand in one list with these, where it is that of a figure. */
const listedIn = (collection: string, row: z.ZodType): z.ZodType =>
  ['agreements', 'memberships', 'awards'].includes(collection) ? z.union([row, answersIn.cohorts.summary]) : row;

function answersOf({ name: aggregate, collection }: Aggregate): Named {
  const { record, summary: row, party: parties, historyItem, fact } = answersIn[collection as keyof typeof answersIn];
  const prefix = pascal(aggregate);
  return {
    [`${prefix}Record`]: record,
    [`${prefix}Summary`]: row,
    [`${prefix}List`]: listPageOf(listedIn(collection, row)),
    [`${prefix}HistoryItem`]: historyItem,
    [`${prefix}History`]: historyPageOf(historyItem),
    [`${prefix}Fact`]: fact,
    [`${prefix}Facts`]: listOfRecord(fact),
    [`${prefix}Parties`]: listOfRecord(parties),
  };
}

const answers: Named = {
  ...Object.fromEntries(aggregates.flatMap((aggregate) => Object.entries(eventData(aggregate)))),
  ...Object.fromEntries(Object.entries(factsOnAnyRecord).map(([fact, [schema]]) => [pascal(fact), schema])),
  ...Object.fromEntries(aggregates.flatMap((aggregate) => Object.entries(answersOf(aggregate)))),
  AnyRecord: z.union(Object.values(answersIn).map(({ record }) => record)),
  PartyOrganization: partyOrganization,
  NameShown: nameShown,
  Mention: mention,
  PersonShown: shownPerson,
  CommittedPerson: committedPerson,
  References: references,
  Rule: ruleShown,
  Standing: standingShown,
  ActivityPage: activityPage,
  Member: member,
  Members: membersPage,
  TimelinePage: timelinePage,
  Relations: relationsAnswer,
  StatisticsPage: statisticsAnswer,
  StatisticsRow: statisticsRow,
  Overview: overviewAnswer,
  SearchHit: searchHit,
  SearchPage: searchPage,
  ProgrammePart: programmePart,
  Programme: programmeAnswer,
  ClientPage: referringPageOf(clientEntry),
  DisputePage: referringPageOf(disputeEntry),
  DuplicatePage: pageOf(duplicateGroup),
  EvidencePage: listOfRecord(evidenceItem),
  Person: vaultAnswer,
  Event: anyEvent,
  EventBatch: eventBatch,
  ReadModel: readModelAnswer,
  ReadModelList: readModelList,
  Rows: rowsAnswer,
  RowsOpening: openingAnswer,
  AnswerProof: answerProof,
  Health: healthAnswer,
  Receipt: receipt,
  SubmissionReceipt: submissionReceipt,
  Warning: warningShown,
  Fault: faultShown,
  Problem: problemShown,
  Unhealthy: unhealthyShown,
  ProblemPage: problemPage,
  Merged: mergedAnswer,
};

/** The name of a command's body: acts that any record takes have one body for all. */
export function bodyName({
  name: command,
  act = '',
  schema,
}: Pick<CommandDefinition, 'name' | 'act' | 'schema'>): string {
  const isOfAny = Object.values<z.ZodType>(bodiesOnAnyRecord).includes(schema);
  return `${isOfAny ? pascal(act) : pascal(command)}Body`;
}

/** The body of a command that opens a record: where several do, it says which. */
function openingBody({ name: command, schema }: CommandDefinition, isAlone: boolean): z.ZodType {
  const literal = z.literal(command);
  const { shape } = schema as z.ZodObject;
  return z.strictObject({ command: isAlone ? literal.optional() : literal, ...shape }).meta({ title: command });
}

function bodiesOf(commands: readonly CommandDefinition[]): Named {
  const openers = commands.filter(({ act }) => act === undefined);
  return Object.fromEntries(
    commands.map((definition) => [
      bodyName(definition),
      openers.includes(definition) ? openingBody(definition, openers.length === 1) : definition.schema,
    ]),
  );
}

const bodies: Named = {
  ...Object.fromEntries(aggregates.flatMap(({ commands }) => Object.entries(bodiesOf(commands)))),
  [bodyName(erasePerson)]: erasePerson.schema,
  NamedPerson: namedPerson,
  SubmissionBody: submissionBody,
};

/** JSON Schemas that refer to each other by their names in the document. */
function jsonOf(
  all: Named,
  {
    nameOf,
    override,
  }: {
    nameOf: (name: string) => string;
    override: (json: z.core.JSONSchema.BaseSchema, schema: z.core.$ZodType) => void;
  },
): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(all)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => schemaRef(nameOf(id)).$ref,
    override({ jsonSchema, zodSchema }) {
      // The format says what the pattern would.
      if (zodSchema instanceof z.ZodISODateTime) delete jsonSchema.pattern;
      // Any value fits, without a list of the kinds of values that there are.
      if (zodSchema === anyJson) for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      override(jsonSchema, zodSchema);
    },
  });
  // What refers to itself without a name would stand outside the document's components.
  if (schemas.__shared) throw new Error(`give these schemas names: ${JSON.stringify(schemas.__shared)}`);
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _, $id: __, ...json }]) => [nameOf(id), json]),
  );
}

const asInput = (id: string) => (Object.hasOwn(values, id) ? `${id}Input` : id);

/** The schemas of the document by their names. */
export const sharedSchemas = (): Record<string, object> => ({
  ...jsonOf(
    { ...scalars, ...values, ...bodies },
    {
      nameOf: asInput,
      override(json, schema) {
        const bytes = maxBytesOf(schema);
        // No text has more characters than bytes.
        if (json.type === 'string' && bytes !== undefined) json.maxLength = bytes;
      },
    },
  ),
  ...jsonOf(
    { ...scalars, ...values, ...answers },
    {
      nameOf: (id) => id,
      override(json) {
        if (json.additionalProperties === false) delete json.additionalProperties;
        if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
      },
    },
  ),
});
