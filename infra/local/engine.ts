import { type Engine, indexStreamRecords, startDynoxide } from './dynoxide.ts';

/** The DynamoDB under this registry. */
export interface Database {
  readonly endpoint: string;
  /** Describes it on the terminal. */
  readonly description: string;
  /** Resolves with an error when the database has ended without being stopped. */
  readonly died: Promise<Error>;
  /** To be called once the tables exist. */
  prepare(): void;
  stop(): Promise<void>;
}

/** Dynoxide over `file`, or the DynamoDB that DYNAMODB_ENDPOINT names. */
export async function openEngine(file: string): Promise<Database> {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint) {
    return {
      endpoint,
      description: `${endpoint} (DYNAMODB_ENDPOINT)`,
      died: new Promise(() => {}),
      prepare() {},
      async stop() {},
    };
  }
  const engine = await startDynoxide({ file });
  let isStopping = false;
  return {
    endpoint: engine.endpoint,
    description: `${file} (dynoxide, ${engine.endpoint})`,
    died: diedOf(engine, () => isStopping),
    prepare: () => indexStreamRecords(file),
    stop() {
      isStopping = true;
      return engine.stop();
    },
  };
}

async function diedOf(engine: Engine, isStopping: () => boolean): Promise<Error> {
  await engine.ended;
  if (isStopping()) return new Promise(() => {});
  return new Error(
    'the database (dynoxide) has ended unexpectedly; the registry cannot go on without it. Start it again.',
  );
}
