import { describe, expect, it } from 'vitest';
import { config, synthesize } from './templates.ts';

const { all, stacks, follow } = synthesize();
const tables = all('AWS::DynamoDB::Table');
const table = (name: string) => {
  const found = tables.find(({ id }) => id.startsWith(name));
  if (!found) throw new Error(`no table ${name}`);
  return found;
};
const keysOf = (name: string) => {
  const { KeySchema, AttributeDefinitions } = table(name).is;
  return KeySchema.map(({ AttributeName, KeyType }: Record<string, string>) => {
    const { AttributeType } = AttributeDefinitions.find(
      (a: Record<string, string>) => a.AttributeName === AttributeName,
    );
    return `${AttributeName} ${AttributeType} ${KeyType}`;
  });
};

describe('whatever outlives its stack', () => {
  // Physical names follow from these, here and on AWS: under another id CloudFormation makes an empty table beside the full one.
  it('keeps its logical id', () => {
    const { Resources } = stacks.find(({ name }) => name === 'RegistryData')?.template ?? {};
    const retained = Object.keys(Resources).filter((id) => Resources[id].DeletionPolicy === 'Retain');
    expect(retained.sort()).toEqual([
      'BusArchiveD76499E2',
      'BusEA82B648',
      'EventsD32975C2',
      'Log95422804',
      'Packs8D2756ED',
      'PeopleE38C8D03',
      'PublishedLog3FF3E190',
      'SigningKeyEEFC2790',
      'ViewsC0DDE3FE',
    ]);
  });
});

describe('the tables', () => {
  it('are events, log, views and people', () => {
    expect(tables.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual(['Events', 'Log', 'Views', 'People']);
  });

  it.each([
    ['Events', ['stream S HASH', 'version N RANGE']],
    ['Log', ['pk S HASH', 'sk N RANGE']],
    ['Views', ['pk S HASH', 'sk S RANGE']],
    ['People', ['pk S HASH']],
  ])('%s has the keys %j', (name, keys) => {
    expect(keysOf(name)).toEqual(keys);
  });

  it.each(['Events', 'Log', 'Views'])('%s can be restored to any moment', (name) => {
    expect(table(name).is.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('People has no backup: it would keep what was erased', () => {
    expect(table('People').is.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: false });
  });

  it.each(['Events', 'Log', 'Views', 'People'])('%s is protected from deletion', (name) => {
    expect(table(name).is.DeletionProtectionEnabled).toBe(true);
  });

  it.each(['Events', 'Log', 'Views', 'People'])('%s outlives its stack and its replacement', (name) => {
    const { DeletionPolicy, UpdateReplacePolicy } = table(name).raw;
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  it.each(['Events', 'Log', 'Views', 'People'])('%s is paid by the request', (name) => {
    expect(table(name).is.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it.each(['Events', 'Log', 'Views', 'People'])('%s has no physical name and no secondary index', (name) => {
    const { TableName, GlobalSecondaryIndexes, LocalSecondaryIndexes } = table(name).is;
    expect([TableName, GlobalSecondaryIndexes, LocalSecondaryIndexes]).toEqual([undefined, undefined, undefined]);
  });

  it('only the events have a stream, with the old image beside the new one', () => {
    expect(tables.map(({ is }) => is.StreamSpecification?.StreamViewType)).toEqual([
      'NEW_AND_OLD_IMAGES',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('the published log', () => {
  const [bucket, ...others] = all('AWS::S3::Bucket').filter(({ id }) => id.startsWith('PublishedLog'));

  it('is one bucket that keeps every version, locked for ten years, and outlives its stack', () => {
    expect(others).toEqual([]);
    const { VersioningConfiguration, ObjectLockEnabled, ObjectLockConfiguration, BucketName } = bucket?.is ?? {};
    expect([VersioningConfiguration, ObjectLockEnabled, BucketName]).toEqual([{ Status: 'Enabled' }, true, undefined]);
    expect(ObjectLockConfiguration.Rule.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Days: 3650 });
    expect([bucket?.raw.DeletionPolicy, bucket?.raw.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  it('is nobody’s to read or write but through the registry', () => {
    expect(Object.values(bucket?.is.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const statements = all('AWS::S3::BucketPolicy').flatMap(({ is }) => is.PolicyDocument.Statement);
    expect(new Set(statements.map(({ Effect }) => Effect))).toEqual(new Set(['Deny']));
  });
});

describe('the packs', () => {
  const [bucket, ...others] = all('AWS::S3::Bucket').filter(({ id }) => id.startsWith('Packs'));

  it('are one bucket without locks, which outlives its stack and lets go of what bears the tag', () => {
    expect(others).toEqual([]);
    const { VersioningConfiguration, ObjectLockEnabled, LifecycleConfiguration, BucketName } = bucket?.is ?? {};
    expect([VersioningConfiguration, ObjectLockEnabled, BucketName]).toEqual([
      { Status: 'Enabled' },
      undefined,
      undefined,
    ]);
    expect(LifecycleConfiguration.Rules).toEqual([
      {
        Id: 'Expires',
        Status: 'Enabled',
        TagFilters: [{ Key: 'expires', Value: 'yes' }],
        ExpirationInDays: 92,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      },
    ]);
    expect([bucket?.raw.DeletionPolicy, bucket?.raw.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });
});

describe('the signing key', () => {
  const [key, ...others] = all('AWS::KMS::Key');

  it('is an Ed25519 key that signs, outlives its stack, and is not gone before thirty days', () => {
    expect(others).toEqual([]);
    const { KeySpec, KeyUsage, PendingWindowInDays } = key?.is ?? {};
    expect([KeySpec, KeyUsage, PendingWindowInDays]).toEqual(['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY', 30]);
    expect([key?.raw.DeletionPolicy, key?.raw.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  it('is used by whom the account’s grants name, and by nobody from elsewhere', () => {
    const [statement, ...more] = key?.is.KeyPolicy.Statement ?? [];
    expect(more).toEqual([]);
    expect([statement.Effect, statement.Action, statement.Resource]).toEqual(['Allow', 'kms:*', '*']);
    const [, arn] = statement.Principal.AWS['Fn::Join'];
    expect(arn).toEqual(['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':root']);
  });
});

describe('the bus', () => {
  it('keeps what the registry says in an archive', () => {
    const [archive, ...others] = all('AWS::Events::Archive');
    expect(others).toEqual([]);
    expect(archive?.is.EventPattern).toEqual({ source: [config.origin] });
    expect(archive && follow(archive.is.SourceArn, archive).resource.type).toBe('AWS::Events::EventBus');
  });

  it.each(['AWS::Events::EventBus', 'AWS::Events::Archive'])('%s outlives its stack', (type) => {
    expect(all(type).map(({ raw }) => raw.DeletionPolicy)).toEqual(['Retain']);
  });
});

describe('the stacks', () => {
  it('protect from termination what holds data', () => {
    const protectedStacks = stacks.filter(({ terminationProtection }) => terminationProtection);
    expect(protectedStacks.map(({ name }) => name)).toEqual(['RegistryData']);
  });

  it('hold nothing that lasts but in RegistryData', () => {
    const lasting = ['AWS::DynamoDB::Table', 'AWS::Events::EventBus', 'AWS::Events::Archive'].flatMap(all);
    expect(new Set(lasting.map(({ stack }) => stack))).toEqual(new Set(['RegistryData']));
  });
});
