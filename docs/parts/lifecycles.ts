import { aggregates } from '../../domain/catalog.ts';
import type { Aggregate } from '../../domain/kernel/aggregate.ts';
import type { Lifecycle, Step } from '../../domain/kernel/lifecycle.ts';
import { code, paragraphs, table } from './markdown.ts';

type AnyLifecycle = Lifecycle<string, string>;
type NamedStep = readonly [fact: string, step: Step<string>];

/** A state's id for Mermaid, which would read a dash as an arrow. */
const idOf = (state: string) => state.replaceAll('-', '_');
const factOf = (type: string) => type.slice(type.indexOf('.') + 1);
const stepsOf = ({ steps }: AnyLifecycle): NamedStep[] =>
  Object.entries(steps).map(([type, step]) => [factOf(type), step]);
const targetsOf = ({ to, or = [] }: Step<string>) => [...(to === undefined ? [] : [to]), ...or];

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

function edgesOf([fact, step]: NamedStep): Edge[] {
  return targetsOf(step).flatMap((to): Edge[] => [
    ...step.after.map((from) => ({ from, to, label: fact })),
    ...(step.skips ?? []).map((from) => ({ from, to, label: `${fact} (earlier steps missing)` })),
    ...(step.afterwards === undefined
      ? []
      : [{ from: to, to: step.afterwards, label: `${fact}, when its time is over` }]),
  ]);
}

/** Facts that lead from the same state to the same other one share an arrow. */
function arrows(edges: readonly Edge[]): string[] {
  const byEnds = Map.groupBy(edges, ({ from, to }) => `${idOf(from)} --> ${idOf(to)}`);
  return [...byEnds].map(([ends, all]) => `${ends}: ${[...new Set(all.map(({ label }) => label))].join(', ')}`);
}

function diagram(lifecycle: AnyLifecycle): string {
  const steps = stepsOf(lifecycle);
  const edges = steps.flatMap(edgesOf);
  const states = new Set([lifecycle.start, ...steps.flatMap(([, { after }]) => after), ...edges.map(({ to }) => to)]);
  const staying = steps.filter(([, step]) => targetsOf(step).length === 0);
  const note = staying.map(([fact, { after }]) => `${fact} (after ${after.join(', ')})`).join('<br>');
  return [
    '```mermaid',
    'stateDiagram-v2',
    ...[...states].map((state) => `  state "${state}" as ${idOf(state)}`),
    `  [*] --> ${idOf(lifecycle.start)}`,
    ...arrows(edges).map((arrow) => `  ${arrow}`),
    ...(note === '' ? [] : [`  note right of ${idOf(lifecycle.start)}: does not move the state<br>${note}`]),
    '```',
  ].join('\n');
}

const stepTable = (lifecycle: AnyLifecycle): string =>
  table(
    ['fact', 'follows', 'follows while earlier steps are missing', 'leads to', 'when its time is over', 'else'],
    stepsOf(lifecycle).map(([fact, step]) => [
      code(fact),
      step.after.join(', '),
      (step.skips ?? []).join(', '),
      targetsOf(step).join(' or ') || 'where it was',
      step.afterwards ?? '',
      code(step.rule ?? 'wrong-state'),
    ]),
  );

function lifecyclesOf({ name, states, lifecycle: { diagrams = {} } }: Aggregate): string {
  const all = Object.entries(diagrams as Readonly<Record<string, AnyLifecycle>>);
  return paragraphs(
    `## ${name}`,
    `The state that a record shows is one of: ${states.map(code).join(', ')}.`,
    ...all.flatMap(([about, lifecycle]) => [
      all.length > 1 ? `### ${about}` : '',
      diagram(lifecycle),
      stepTable(lifecycle),
    ]),
  );
}

export const lifecycleSections = (): string => paragraphs(...aggregates.map(lifecyclesOf));
