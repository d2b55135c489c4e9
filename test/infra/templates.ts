import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageConfig } from '../../infra/config.ts';
import { buildApp } from '../../infra/synthesize.ts';

export const config: StageConfig = {
  stage: 'test',
  origin: 'registry.test',
  issuer: 'https://issuer.test',
  audience: 'https://registry.test',
  registrars: ['first', 'second'],
  concurrency: { sequencer: 7 },
  alarmTopicArn: 'arn:aws:sns:eu-west-1:111111111111:alarms',
};

// biome-ignore lint/suspicious/noExplicitAny: templates are JSON of any shape
type Json = any;

export interface Resource {
  readonly id: string;
  readonly stack: string;
  readonly type: string;
  /** Its properties. */
  readonly is: Json;
  readonly raw: Json;
}

/** What a Ref, a Fn::GetAtt or an import from the other stack points to. */
export interface Target {
  readonly resource: Resource;
  /** `Ref`, or the attribute. */
  readonly attribute: string;
}

/** Both stacks as their templates say, without the functions' code. */
export function synthesize(stage: StageConfig = config) {
  const outdir = mkdtempSync(join(tmpdir(), 'registry-synth-'));
  const assembly = buildApp({ config: stage, outdir, bundling: false, validation: false }).synth();
  const stacks = assembly.stacks.map(({ stackName, template, terminationProtection }) => {
    return { name: stackName, template: template as Json, terminationProtection: terminationProtection === true };
  });
  rmSync(outdir, { recursive: true });

  const resources: Resource[] = stacks.flatMap(({ name, template }) =>
    Object.entries<Json>(template.Resources).map(([id, raw]) => {
      return { id, stack: name, type: raw.Type, is: raw.Properties, raw };
    }),
  );
  const exported = new Map<string, { stack: string; value: Json }>(
    stacks.flatMap(({ name, template }) =>
      Object.values<Json>(template.Outputs ?? {})
        .filter((output) => output.Export !== undefined)
        .map((output) => [output.Export.Name, { stack: name, value: output.Value }] as const),
    ),
  );

  const all = (type: string): Resource[] => resources.filter((resource) => resource.type === type);

  /** `from` is a resource that holds the value, or the name of its stack. */
  function follow(value: Json, from: Resource | string): Target {
    const stack = typeof from === 'string' ? from : from.stack;
    if (value['Fn::ImportValue'] !== undefined) {
      const found = exported.get(value['Fn::ImportValue']);
      if (!found) throw new Error(`nothing is exported as ${value['Fn::ImportValue']}`);
      return follow(found.value, found.stack);
    }
    const [id, attribute] = value.Ref === undefined ? value['Fn::GetAtt'] : [value.Ref, 'Ref'];
    const resource = resources.find((candidate) => candidate.id === id && candidate.stack === stack);
    if (!resource) throw new Error(`${stack} has no resource ${id}`);
    return { resource, attribute };
  }

  /** The function whose handler is in this folder. */
  const nameOf = (fn: Resource): string => fn.raw.Metadata['registry:entry'].split('/')[1];
  const functions = all('AWS::Lambda::Function');
  return { stacks, all, follow, functions, nameOf };
}

/** A short name for what a reference points to: the table's logical id without its hash, and so on. */
export function labelOf({ resource, attribute }: Target, fn: Resource): string {
  switch (resource.type) {
    case 'AWS::DynamoDB::Table':
      return resource.id.replace(/[0-9A-F]{8}$/, '').toLowerCase() + (attribute === 'StreamArn' ? ' stream' : '');
    case 'AWS::Events::EventBus':
      return 'bus';
    case 'AWS::S3::Bucket':
      return resource.id.startsWith('Packs') ? 'packs' : 'published log';
    case 'AWS::KMS::Key':
      return 'signing key';
    case 'AWS::SQS::Queue':
      return resource.is.RedrivePolicy ? 'queue' : 'dead letters';
    case 'AWS::Logs::LogGroup':
      return resource.id === fn.is.LoggingConfig.LogGroup.Ref ? 'own log group' : resource.id;
    default:
      return resource.id;
  }
}
