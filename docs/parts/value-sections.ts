import { fieldTable, spelledOut } from './fields.ts';
import { paragraphs } from './markdown.ts';
import { jsonSchemaOf } from './schema.ts';
import { type Value, values } from './values.ts';

const valueSection = ([called, { schema, says }]: [string, Value]): string => {
  const json = jsonSchemaOf(schema);
  const short = json.enum || json.anyOf ? `It is ${spelledOut(json)}.` : '';
  return paragraphs(`### ${called}`, says, json.properties ? fieldTable(schema) : short);
};

export const valueSections = (): string => paragraphs(...Object.entries(values).map(valueSection));
