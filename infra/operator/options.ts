import { parseArgs } from 'node:util';
import { UsageError } from '../local/options.ts';

/** The tables in service. */
export interface Tables {
  readonly events: string;
  readonly log: string;
  readonly views: string;
}

/** A deployed registry: the tables in service, and its published log. */
export interface Deployment extends Tables {
  readonly bucket: string;
  readonly origin: string;
}

export interface DoctorOptions {
  /** A registry on AWS; without it, the registry of a data directory. */
  readonly deployment?: Deployment;
  readonly data?: string;
  readonly vkey?: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export interface RebuildOptions {
  /** Of the projection. */
  readonly name: string;
  /** Of a registry on AWS; without them, the registry of a data directory. */
  readonly tables?: Tables;
  readonly data?: string;
  readonly drop: boolean;
  readonly json: boolean;
}

const TABLES = ['events-table', 'log-table', 'views-table'] as const;
const NAMES = ['events-table', 'log-table', 'views-table', 'bucket', 'origin'] as const;
const text = { type: 'string' } as const;

/** @throws UsageError */
export function readDoctorOptions(args: string[]): DoctorOptions {
  const { data, vkey, yes, json, ...names } = parse(args);
  const missing = NAMES.filter((name) => !names[name]);
  if (missing.length === NAMES.length) return { data, vkey, yes, json };
  if (missing.length > 0)
    throw wrong(`on AWS, --${missing.join(', --')} ${missing.length === 1 ? 'is' : 'are'} needed too`);
  if (data !== undefined) throw wrong('--data names a registry on this machine, the others one on AWS');
  const [events, log, views, bucket, origin] = NAMES.map((name) => names[name] as string) as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { deployment: { events, log, views, bucket, origin }, vkey, yes, json };
}

function parse(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { data: text, vkey: text, yes: flag, json: flag };
  const names = { 'events-table': text, 'log-table': text, 'views-table': text, bucket: text, origin: text };
  try {
    return parseArgs({ args, options: { ...options, ...names } }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

const wrong = (message: string, command = 'doctor') =>
  new UsageError(`${message}\n\`registry ${command} --help\` tells more.`);

/** @throws UsageError */
export function readRebuildOptions(args: string[]): RebuildOptions {
  const { values, positionals } = parseRebuild(args);
  const { data, drop, json, ...names } = values;
  const [name = '', ...more] = positionals;
  if (name === '' || more.length > 0) throw wrong('Name one read model, such as `records`.', 'rebuild');
  const [events, log, views] = TABLES.map((table) => names[table]);
  if (events && log && views) {
    if (data !== undefined) {
      throw wrong('--data names a registry on this machine, the others one on AWS', 'rebuild');
    }
    return { name, tables: { events, log, views }, drop, json };
  }
  if (events || log || views) throw wrong(`on AWS, --${TABLES.join(', --')} are needed`, 'rebuild');
  return { name, data, drop, json };
}

function parseRebuild(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const tables = { 'events-table': text, 'log-table': text, 'views-table': text };
  try {
    return parseArgs({ args, options: { data: text, drop: flag, json: flag, ...tables }, allowPositionals: true });
  } catch (error) {
    throw wrong((error as Error).message, 'rebuild');
  }
}
