import { type CohortState, identifiedIn, tally } from './state.ts';

/** How many there are as far as that is known by now, and how many of them are known. Its kind is what is counted. */
export const listed = (state: CohortState): object => ({
  counted: tally(state).counted,
  identifiedCount: identifiedIn(state).length,
});
