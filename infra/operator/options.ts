import { parseArgs } from 'node:util';
import { UsageError } from '../local/options.ts';

/** A deployed registry: the tables in service, and its published log. */
export interface Deployment {
  readonly events: string;
  readonly log: string;
  readonly views: string;
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

const wrong = (message: string) => new UsageError(`${message}\n\`registry doctor --help\` tells more.`);
