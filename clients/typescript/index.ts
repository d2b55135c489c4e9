export type { KnownAtQuery, ListQuery, Paged, RecordQuery, Registry, SearchQuery } from './api.ts';
export type { ActIn, CollectionName, OpeningIn, SubmittedCommand } from './commands.ts';
export type { EventsQuery } from './feed.ts';
export type { StatisticsQuery } from './figures.ts';
export type { ActivityBody, CountedBody, ListBody, PageBody, Pages, ReferringBody, RosterBody } from './pages.ts';
export { type Outcome, outcomeOf, type ProblemBody, RegistryProblem } from './problem.ts';
export type { Answered, AtLeast, ReadOptions, Token } from './reading.ts';
export { createRegistry, type RegistryOptions } from './registry.ts';
export type { ActOptions, SubmitOptions, Submitted } from './submitting.ts';
export {
  type HttpAnswer,
  type Pause,
  type Sendable,
  type Transport,
  type TransportOptions,
  Unreachable,
} from './transport.ts';
export type * from './types.ts';
