/** The resources of the stacks that have an effect on one machine, as plain data that refers to each other by ARN. */
export interface Wiring {
  readonly tables: TableSpec[];
  readonly functions: FunctionSpec[];
  readonly queues: QueueSpec[];
  readonly rules: RuleSpec[];
  readonly schedules: ScheduleSpec[];
  readonly mappings: MappingSpec[];
  readonly integrations: IntegrationSpec[];
  readonly routes: RouteSpec[];
  readonly buses: string[];
  /** By name. */
  readonly buckets: string[];
  /** Signing keys, by ARN. */
  readonly keys: string[];
  cors?: Cors;
}

export interface TableSpec {
  readonly name: string;
  readonly arn: string;
  /** The input of CreateTable. */
  readonly definition: Readonly<Record<string, unknown>>;
}

export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  /** The source file, from the project's root. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
}

export interface QueueSpec {
  readonly name: string;
  readonly arn: string;
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly delaySeconds: number;
  readonly deadLetters?: { readonly arn: string; readonly maxReceiveCount: number };
}

/** Where a rule or a schedule sends its event, or always the same `input` instead. */
export interface Target {
  readonly arn: string;
  readonly input?: string;
  /** How often an asynchronous invocation is tried again. */
  readonly retries: number;
}

interface RuleSpec {
  readonly arn: string;
  readonly bus: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
}

export interface ScheduleSpec {
  readonly arn: string;
  readonly everySeconds: number;
  readonly targets: readonly Target[];
}

export interface MappingSpec {
  readonly source: string;
  readonly function: string;
  readonly batchSize: number;
  /** Whether the function reports failed items instead of failing as a whole. */
  readonly reportsItems: boolean;
  readonly bisects: boolean;
  /** -1: without a limit. */
  readonly retries: number;
}

interface IntegrationSpec {
  readonly id: string;
  readonly function: string;
}

export interface RouteSpec {
  /** `GET /v1/events/{proxy+}` */
  readonly key: string;
  readonly integration: string;
}

export interface Cors {
  readonly AllowOrigins?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAge?: number;
  readonly AllowCredentials?: boolean;
}
