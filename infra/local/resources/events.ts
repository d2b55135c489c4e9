import { arnOf } from '../environment.ts';
import { everySeconds } from '../schedules.ts';
import type { Target } from '../specs.ts';
import type { Counterpart, Resource } from './counterpart.ts';
import { knowOnly } from './counterpart.ts';

/** A bus, of which only its name matters. */
export const eventBus: Counterpart = {
  refer(name, { Name = name }) {
    const bus = String(Name);
    return { ref: bus, attributes: { Arn: arnOf('events', `event-bus/${bus}`), Name: bus } };
  },
  wire({ self }, { buses }) {
    buses.push(self.ref);
  },
};

interface RuleProperties {
  readonly EventBusName?: string;
  readonly EventPattern?: Readonly<Record<string, unknown>>;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: readonly TargetProperties[];
}

interface TargetProperties {
  readonly Arn: string;
  readonly Input?: string;
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number };
}

const ruleProperties = [
  'Description',
  'EventBusName',
  'EventPattern',
  'Name',
  'ScheduleExpression',
  'State',
  'Targets',
];

/** A pattern on a bus, or a schedule. */
export const rule: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('events', `rule/${name}`) } }),
  wire(resource, { rules, schedules }) {
    knowOnly(resource, resource.properties, ruleProperties);
    const properties: RuleProperties = resource.properties as never;
    if (properties.State === 'DISABLED') return;
    const arn = resource.self.attributes.Arn as string;
    const targets = (properties.Targets ?? []).map((target) => targetOf(resource, target));
    const { EventBusName = 'default', EventPattern, ScheduleExpression } = properties;
    if (EventPattern)
      rules.push({ arn, bus: EventBusName.split('/').at(-1) as string, pattern: EventPattern, targets });
    if (ScheduleExpression) schedules.push({ arn, everySeconds: everySeconds(ScheduleExpression), targets });
  },
};

function targetOf(resource: Resource, target: TargetProperties): Target {
  knowOnly(resource, target, ['Arn', 'Id', 'Input', 'RetryPolicy', 'RoleArn']);
  return {
    arn: target.Arn,
    // Lambda retries an asynchronous invocation twice by default.
    retries: target.RetryPolicy?.MaximumRetryAttempts ?? 2,
    ...(target.Input !== undefined && { input: target.Input }),
  };
}
