/**
 * What differs from one stage to the next, and is known at deployment only. Nobody but `app.ts` chooses a stage; the
 * constructs get values. Stacks bear the same names in every stage: a stage is an AWS account of its own.
 */
export interface StageConfig {
  readonly stage: string;
  /** The registry's name in the world: `source` of every event, origin of the log. Never changes once events exist. */
  readonly origin: string;
  /** The OIDC issuer whose access tokens are accepted; its keys are at `<issuer>/.well-known/jwks.json`. */
  readonly issuer: string;
  /** Ids of the clients that may act as registrars. */
  readonly registrars: readonly string[];
  readonly concurrency?: Partial<Concurrency>;
  /** Requests a second that the API lets through, and how many at once. */
  readonly throttle?: { readonly rate: number; readonly burst: number };
  /** The SNS topic that alarms go to; without one they are only seen. */
  readonly alarmTopicArn?: string;
}

/**
 * Reserved concurrency of each function: a share for those that keep the registry going, a cap for those that the
 * public calls. The sum must leave 100 of the account's limit unreserved (AWS limit).
 */
export interface Concurrency {
  readonly commands: number;
  readonly queries: number;
  readonly audit: number;
  /** Each shard of the events table's stream has one at a time, the schedule another; more would only race for HEAD. */
  readonly sequencer: number;
  /** Of each projection; two are what the queue's mapping takes (`maxConcurrency`, AWS minimum). */
  readonly projector: number;
  /** Two, as of a projector. */
  readonly publisher: number;
  /** Runs by its schedule only. */
  readonly daily: number;
}

export const defaults = {
  concurrency: { commands: 100, queries: 200, audit: 50, sequencer: 5, projector: 2, publisher: 2, daily: 1 },
  throttle: { rate: 500, burst: 1000 },
} as const;

const production: StageConfig = {
  stage: 'production',
  origin: 'registry.example.org',
  issuer: 'https://login.registry.example.org',
  registrars: ['registrar'],
};

const stages = [production];

/** The configuration of a stage; throws with the names that exist. */
export function stageConfig(stage: string): StageConfig {
  const found = stages.find((config) => config.stage === stage);
  if (!found) throw new Error(`no stage "${stage}"; there are: ${stages.map((config) => config.stage).join(', ')}`);
  return found;
}

/** Throws an error that names every fault of a configuration. */
export function checkConfig(config: StageConfig): void {
  const faults = [...faultsOf(config)];
  if (faults.length > 0) throw new Error(`configuration of stage "${config.stage}":\n- ${faults.join('\n- ')}`);
}

function* faultsOf({ stage, origin, issuer, registrars, concurrency = {}, throttle, alarmTopicArn }: StageConfig) {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(stage)) yield 'stage must be a word of lower-case letters, digits and hyphens';
  // A schema-less URL, as C2SP tlog-checkpoint asks of a log's origin.
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(\/[a-z0-9._-]+)*$/.test(origin)) {
    yield `origin must be a host name, perhaps with a path, without a scheme: not "${origin}"`;
  }
  if (!isIssuer(issuer)) {
    yield `issuer must be an https URL (http on localhost only) without query or trailing slash: not "${issuer}"`;
  }
  if (registrars.length === 0) yield 'registrars must name at least one client';
  for (const id of registrars.filter((client) => !/^[^\s,]+$/.test(client))) {
    yield `registrars: a client id has neither commas nor spaces: not "${id}"`;
  }
  for (const [name, value] of Object.entries(concurrency)) {
    const least = name === 'projector' || name === 'publisher' ? 2 : 1;
    if (!Number.isInteger(value) || value < least)
      yield `concurrency.${name} must be a whole number of at least ${least}`;
  }
  if (throttle && !(throttle.rate > 0 && throttle.burst > 0)) yield 'throttle.rate and throttle.burst must be above 0';
  if (alarmTopicArn !== undefined && !/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(alarmTopicArn)) {
    yield `alarmTopicArn must be the ARN of an SNS topic: not "${alarmTopicArn}"`;
  }
}

function isIssuer(issuer: string): boolean {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url === undefined || issuer.endsWith('/') || `${url.search}${url.hash}` !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname));
}
