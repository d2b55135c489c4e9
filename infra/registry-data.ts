import { AttributeType, BillingMode, StreamViewType, Table, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface RegistryDataProps extends StackProps {
  /** The `source` of everything on the bus. */
  readonly origin: string;
}

/** The tables, by what they hold. */
export interface DataTables {
  /** The commits: the only source of truth. */
  readonly events: Table;
  /** The sealed order of the commits. */
  readonly log: Table;
  /** The read models, which can be rebuilt from events and log at any time. */
  readonly views: Table;
  /** The vault: the names of persons, until they are erased. */
  readonly people: Table;
}

/** How long a published object cannot be deleted without the right s3:BypassGovernanceRetention. */
const LOCKED_FOR_DAYS = 3650;

/**
 * A pack is needed while a statement of the last 60 days points into it: from one base pack to the next, which is a month
 * at most, and then 60 days.
 */
const PACKS_FOR_DAYS = 92;

/** Everything that holds data. No resource of this stack is deleted with it. */
export class RegistryData extends Stack {
  readonly tables: DataTables;
  /** The published log. */
  readonly published: Bucket;
  /** The trees over the rows of read models. */
  readonly packs: Bucket;
  /** Signs the checkpoints of the published log. */
  readonly signingKey: Key;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { origin, ...props }: RegistryDataProps) {
    super(scope, id, { ...props, terminationProtection: true });
    this.tables = {
      events: this.table('Events', {
        partitionKey: { name: 'stream', type: AttributeType.STRING },
        sortKey: { name: 'version', type: AttributeType.NUMBER },
        // A commit never changes. Where somebody alters one all the same, the old image is the evidence.
        stream: StreamViewType.NEW_AND_OLD_IMAGES,
      }),
      log: this.table('Log', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.NUMBER },
      }),
      views: this.table('Views', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        sortKey: { name: 'sk', type: AttributeType.STRING },
      }),
      people: this.table('People', {
        partitionKey: { name: 'pk', type: AttributeType.STRING },
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      }),
    };
    Validations.of(this.tables.people).acknowledge({
      id: 'AwsSolutions-DDB3',
      reason: 'A backup would keep the names that were erased.',
    });
    this.published = this.publishedLog();
    this.packs = this.packsOfTrees();
    this.signingKey = new Key(this, 'SigningKey', {
      description: 'Signs the checkpoints of the log: whoever has it can fork the log',
      keySpec: KeySpec.ECC_NIST_EDWARDS25519,
      keyUsage: KeyUsage.SIGN_VERIFY,
      pendingWindow: Duration.days(30),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bus = new EventBus(this, 'Bus', { description: 'Every sealed event, and log.sealed for every seal' });
    this.bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const archive = this.bus.archive('Archive', {
      description: 'For subscribers that missed something; the record itself is the log',
      eventPattern: { source: [origin] },
      retention: Duration.days(90),
    });
    archive.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  /** Only the checkpoint is ever replaced, and every version of it is kept. */
  private publishedLog(): Bucket {
    const bucket = new Bucket(this, 'PublishedLog', {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(LOCKED_FOR_DAYS)),
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Its content is public and only the publisher writes: versions and locks show more than access logs.',
    });
    return bucket;
  }

  /** Packs are written once. Those that bear the tag may go after a while; base packs, one a month, stay. */
  private packsOfTrees(): Bucket {
    const bucket = new Bucket(this, 'Packs', {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [
        {
          id: 'Expires',
          tagFilters: { expires: 'yes' },
          expiration: Duration.days(PACKS_FOR_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Its content is public, follows from the log, and is verified against it by whoever reads it.',
    });
    return bucket;
  }

  private table(id: string, props: TableProps): Table {
    return new Table(this, id, {
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      ...props,
      billingMode: BillingMode.PAY_PER_REQUEST,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
