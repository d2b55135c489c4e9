import * as z from 'zod';
import { type Context, command, type Decision, type EventDefinition } from '../kernel/aggregate.ts';
import { recorded, submitted } from '../kernel/recorded.ts';
import { accepted, type Result, refused } from '../kernel/refusal.ts';
import { userInfoInAddresses } from '../record/addresses.ts';
import { subtagsRepeated } from '../record/language-tags.ts';
import { unknownReferences } from '../record/unknown-references.ts';
import { exampleEvidence as evidence } from '../values/evidence.ts';
import { personId } from '../values/person.ts';
import { text } from '../values/text.ts';
import { findNames } from './free-text.ts';

/** What the vault has of a person: the name, until it is erased. */
export interface PersonState {
  readonly name?: string;
}

const erased = z.strictObject({
  person: personId,
  legalBasis: text(600).meta({ description: 'Why the name had to be erased: the provision, the decision' }),
  ...recorded,
});

export const personEvents: readonly EventDefinition[] = [
  {
    type: 'person.erased',
    version: 1,
    schema: erased,
    meaning: 'The name of a person was erased from the vault; the events that hold the person’s id stay as they are.',
  },
];

/** A person is no record: it has no collection and no state but whether the vault still has the name. */
export const erasePerson = command({
  name: 'erase-person',
  records: 'person.erased',
  act: 'erase',
  scope: 'registry/registrar',
  summary: 'Erase the name of a person for good',
  rules: ['already-erased', 'name-in-free-text'],
  schema: submitted(erased).omit({ person: true }),
  example: { legalBasis: 'Regulation (EU) 2016/679, Article 17(1)(c)', evidence },
  decide(data, { name }: PersonState, context: Context): Result<Decision> {
    if (name === undefined) {
      return refused({ rule: 'already-erased', pointer: '', detail: 'the vault has no name of this person any more' });
    }
    const broken = [
      ...unknownReferences(data, context),
      ...userInfoInAddresses(data),
      ...subtagsRepeated(data),
      ...findNames([name])(data),
    ];
    if (broken.length > 0) return refused(...broken);
    const event = { type: 'person.erased', data: { person: context.id, ...data, speaksAs: 'other' } };
    return accepted({ events: [event] });
  },
});
