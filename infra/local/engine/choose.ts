import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../options.ts';
import { StartFailure } from '../start-errors.ts';
import { isAgreed, isAttended, print } from '../terminal.ts';
import { dynamoDbLocal, FILE, findJava, LEAST_JAVA } from './dynamodb-local.ts';
import { dynoxide, indexStreamRecords } from './dynoxide.ts';
import { findDynoxide } from './find.ts';
import { install, installedFolder } from './install.ts';
import { dynamoDbLocalPackage, dynoxidePackage, type EnginePackage, pinnedVersion, platform } from './pinned.ts';
import type { EngineProgram } from './server.ts';

/** The engines' own places in a data directory. */
const DYNOXIDE = 'registry.sqlite';
const DYNAMODB_LOCAL = 'dynamodb-local';

/** The SQLite files of a data directory, of whichever engine. */
export const DATABASES: readonly string[] = [DYNOXIDE, join(DYNAMODB_LOCAL, FILE)];

/** Whether an engine that is not there may be installed: never, after a yes at the terminal, or without asking. */
export type Installing = 'never' | 'ask' | 'always';

export interface Choice {
  readonly program: EngineProgram;
  /** Which program it is, and where it comes from. */
  readonly origin: string;
  /** To be called once the tables exist. */
  prepare(): void;
}

/** A kind of engine: the program that is here already, and the package that could be installed. */
interface Way {
  find(): Promise<Choice | undefined>;
  offer(): Promise<EnginePackage | undefined>;
}

/**
 * Chooses the engine over a data directory: what is here already, else what may be installed. Data are of the engine that
 * wrote them, and no other engine is taken for them.
 *
 * @throws UsageError that names the choices
 */
export async function chooseEngine(file: (name: string) => string, installing: Installing): Promise<Choice> {
  const lacks = new Set<string>();
  const all = {
    dynoxide: wayToDynoxide(file(DYNOXIDE), lacks),
    local: wayToDynamoDbLocal(file(DYNAMODB_LOCAL), lacks),
  };
  const [written] = [DYNOXIDE, DYNAMODB_LOCAL].filter((name) => existsSync(file(name)));
  const ways = [...(written === DYNAMODB_LOCAL ? [] : [all.dynoxide]), ...(written === DYNOXIDE ? [] : [all.local])];
  for (const way of ways) {
    const found = await way.find();
    if (found) return found;
  }
  for (const way of ways) {
    const offered = await way.offer();
    const found = offered && (await isInstalled(offered, installing, lacks)) ? await way.find() : undefined;
    if (found) return found;
  }
  throw new UsageError(choices(written, lacks));
}

function wayToDynoxide(file: string, lacks: Set<string>): Way {
  const wanted = dynoxidePackage();
  return {
    async find() {
      const found = await findDynoxide(wanted, (unfit) => lacks.add(unfit));
      if (!found) return undefined;
      const { binary, version, where } = found;
      const prepare = () => indexStreamRecords(file);
      return { program: dynoxide(binary, file), origin: `dynoxide ${version} of ${where}`, prepare };
    },
    offer: async () => wanted,
  };
}

function wayToDynamoDbLocal(folder: string, lacks: Set<string>): Way {
  const wanted = dynamoDbLocalPackage();
  const java = () => findJava((unfit) => lacks.add(unfit));
  return {
    async find() {
      const installed = installedFolder(wanted);
      const program = installed && (await java());
      if (!program) return undefined;
      mkdirSync(folder, { recursive: true });
      const origin = `DynamoDB Local of ${installed}`;
      return { program: dynamoDbLocal(program, join(installed, 'emulator'), folder), origin, prepare() {} };
    },
    offer: async () => ((await java()) ? wanted : undefined),
  };
}

/** Installs a package if that is wanted. Why it could not be installed joins what lacks. */
async function isInstalled(one: EnginePackage, installing: Installing, lacks: Set<string>): Promise<boolean> {
  const spec = `${one.name}@${one.version}`;
  const isWanted =
    installing === 'always' ||
    (installing === 'ask' && isAttended() && (await isAgreed(`There is no DynamoDB here. Install ${spec} with npm?`)));
  if (!isWanted) return false;
  try {
    print(`installing ${spec} …`);
    print(`installed ${spec}, ${await install(one)}`);
    return true;
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    lacks.add(error.message);
    return false;
  }
}

function choices(written: string | undefined, lacks: ReadonlySet<string>): string {
  const native = dynoxidePackage();
  const installs = 'npm start -- --install-engine';
  const ofDynoxide = [
    ...(native ? [`${installs}, which installs ${native.name}@${native.version}`] : []),
    `dynoxide ${pinnedVersion()} or a later 1.x on the path`,
  ];
  const ways = [
    ...(written === DYNAMODB_LOCAL ? [] : ofDynoxide),
    ...(written === DYNOXIDE ? [] : [`Java ${LEAST_JAVA} and ${installs}, for DynamoDB Local`]),
    'DYNAMODB_ENDPOINT with the address of any DynamoDB',
  ];
  const found = lacks.size > 0 ? ` (${[...lacks].join('; ')})` : '';
  return `there is no DynamoDB for ${platform} here${found}. One of these gives it: ${ways.join('; ')}`;
}
