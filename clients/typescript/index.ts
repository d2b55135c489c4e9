export type { Rule } from '../../domain/problems.ts';
export { type Outcome, outcomeOf, RegistryProblem } from './problem.ts';
export { type Pause, Unreachable } from './transport.ts';
