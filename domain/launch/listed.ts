import { SUMMARY_PARTIES } from '../bounds.ts';
import { type LaunchState, publicationOf } from './state.ts';

/** Who launched it, in what words, and what it is to become. */
export function listed(state: LaunchState): object {
  const { edition, expected, establishes } = state;
  const { by = [], meaning } = publicationOf(state);
  return {
    ...(edition !== undefined && { edition }),
    ...(expected !== undefined && { expected }),
    ...(meaning !== undefined && { meaning }),
    ...(by.length > 0 && { by: by.slice(0, SUMMARY_PARTIES) }),
    ...(establishes !== undefined && { establishes }),
  };
}
