import { faultsOfTokenRules, type TokenRules } from '../functions/http/token-rules.ts';

/**
 * What differs between stages. Only `app.ts` chooses a stage; constructs get values. Stacks have the same names in every
 * stage, because each stage has an AWS account of its own.
 */
export interface StageConfig extends TokenRules {
  readonly stage: string;
  /** The `source` of every event and the origin of the log. It never changes once events exist. */
  readonly origin: string;
  /** The ids of the clients that may act as registrars. */
  readonly registrars: readonly string[];
  readonly concurrency?: Partial<Concurrency>;
  /** Seconds between two statements of what the read models hold, at least. */
  readonly statementInterval?: number;
  /** Requests a second that the API accepts, and the burst above it. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** The SNS topic that alarms notify; without one they only show in CloudWatch. */
  readonly alarmTopicArn?: string;
}

/**
 * The reserved concurrency of each function: a guaranteed share for those that work in the background, a cap for those
 * that the public calls. The sum has to leave 100 of the account's limit unreserved (AWS limit).
 */
export interface Concurrency {
  readonly commands: number;
  readonly queries: number;
  readonly audit: number;
  /** Requests for the feed, which may wait: they take nothing from the concurrency of other requests. */
  readonly polls: number;
  /** One for each shard of the events table's stream and one for the schedule; more would only compete for HEAD. */
  readonly sequencer: number;
  /** Of each projection. At least two, the least that the queue's mapping allows (`maxConcurrency`, AWS limit). */
  readonly projector: number;
  /** At least two, as for a projector. */
  readonly publisher: number;
  /** At least two, as for a projector. */
  readonly prover: number;
  /** Only its schedule runs it. */
  readonly daily: number;
}

export const defaults = {
  concurrency: {
    commands: 100,
    queries: 200,
    audit: 50,
    polls: 20,
    sequencer: 5,
    projector: 2,
    publisher: 2,
    prover: 2,
    daily: 1,
  },
  statementInterval: 60,
  throttle: { rate: 500, burst: 1000 },
} as const;

const production: StageConfig = {
  stage: 'production',
  origin: 'registry.example.org',
  issuer: 'https://login.registry.example.org',
  audience: 'https://registry.example.org',
  registrars: ['registrar'],
};

const stages = [production];

/** The configuration of a stage. @throws an error that lists the stages, when there is none of this name */
export function stageConfig(stage: string): StageConfig {
  const found = stages.find((config) => config.stage === stage);
  if (!found) throw new Error(`no stage "${stage}"; there are: ${stages.map((config) => config.stage).join(', ')}`);
  return found;
}

/** @throws an error that names every fault of the configuration */
export function checkConfig(config: StageConfig): void {
  const faults = [...faultsOf(config)];
  if (faults.length > 0) throw new Error(`configuration of stage "${config.stage}":\n- ${faults.join('\n- ')}`);
}

function* faultsOf(config: StageConfig) {
  const { stage, origin, registrars, concurrency = {}, statementInterval = 1, throttle, alarmTopicArn } = config;
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(stage)) yield 'stage must be a word of lower-case letters, digits and hyphens';
  // C2SP tlog-checkpoint: the origin should be a URL without a scheme.
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._-]+)*$/.test(origin)) {
    yield `origin must be a host name, perhaps with a path, without a scheme: not "${origin}"`;
  }
  yield* faultsOfTokenRules(config);
  if (registrars.length === 0) yield 'registrars must name at least one client';
  for (const id of registrars.filter((client) => !/^[^\s,]+$/.test(client))) {
    yield `registrars: a client id has neither commas nor spaces: not "${id}"`;
  }
  for (const [name, value] of Object.entries(concurrency)) {
    const least = ['projector', 'publisher', 'prover'].includes(name) ? 2 : 1;
    if (!Number.isInteger(value) || value < least)
      yield `concurrency.${name} must be a whole number of at least ${least}`;
  }
  if (!(statementInterval >= 1)) yield 'statementInterval must be a number of seconds of at least 1';
  if (throttle && !(throttle.rate > 0 && throttle.burst > 0)) yield 'throttle.rate and throttle.burst must be above 0';
  if (alarmTopicArn !== undefined && !/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(alarmTopicArn)) {
    yield `alarmTopicArn must be the ARN of an SNS topic: not "${alarmTopicArn}"`;
  }
}
