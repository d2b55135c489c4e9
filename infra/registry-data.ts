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
  /** Commits: the only source of truth. */
  readonly events: Table;
  /** Their order, sealed. */
  readonly log: Table;
  /** Read models, made anew from events and log at any time. */
  readonly views: Table;
  /** The vault: names of persons, until they are erased. */
  readonly people: Table;
}

/** How long nobody deletes what was published, short of a right of its own (s3:BypassGovernanceRetention). */
const LOCKED_FOR_DAYS = 3650;

/** What must outlive every deployment: nothing in here is deleted with its stack. */
export class RegistryData extends Stack {
  readonly tables: DataTables;
  /** The published log. */
  readonly published: Bucket;
  /** What its checkpoints are signed with. */
  readonly signingKey: Key;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { origin, ...props }: RegistryDataProps) {
    super(scope, id, { ...props, terminationProtection: true });
    this.tables = {
      events: this.table('Events', {
        partitionKey: { name: 'stream', type: AttributeType.STRING },
        sortKey: { name: 'version', type: AttributeType.NUMBER },
        // The old image is the evidence when somebody alters what never changes.
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

  /** Nothing in it is ever altered but the checkpoint, and of that every version stays. */
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
      reason: 'What is in it is public, and only the publisher writes: versions and locks tell more than access logs.',
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
