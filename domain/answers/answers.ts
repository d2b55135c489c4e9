import { agreementAnswers } from './agreements.ts';
import { awardAnswers, awardProgrammeAnswers } from './awards.ts';
import { ceremonyAnswers } from './ceremonies.ts';
import { cohortAnswers } from './cohorts.ts';
import { launchAnswers } from './launches.ts';
import { membershipAnswers } from './memberships.ts';
import { organizationAnswers } from './organizations.ts';
import type { Answer } from './parts.ts';

/** What each collection answers: a record, a row of a list, an item of a history, of its facts and of its parties. */
export const answersIn = {
  organizations: organizationAnswers,
  ceremonies: ceremonyAnswers,
  agreements: agreementAnswers,
  memberships: membershipAnswers,
  'award-programmes': awardProgrammeAnswers,
  awards: awardAnswers,
  launches: launchAnswers,
  cohorts: cohortAnswers,
};

export type Collection = keyof typeof answersIn;
type In<Of extends Collection, Kind extends keyof (typeof answersIn)[Of]> = (typeof answersIn)[Of][Kind];

/** The answers of one collection: `RecordIn<'agreements'>` has `parties`. */
export type RecordIn<Of extends Collection> = Answer<In<Of, 'record'>>;
export type StateIn<Of extends Collection> = RecordIn<Of>['state'];
export type SummaryIn<Of extends Collection> = Answer<In<Of, 'summary'>>;
export type HistoryItemIn<Of extends Collection> = Answer<In<Of, 'historyItem'>>;
export type FactIn<Of extends Collection> = Answer<In<Of, 'fact'>>;
export type PartyIn<Of extends Collection> = Answer<In<Of, 'party'>>;
