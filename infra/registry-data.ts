import { AttributeType, BillingMode, StreamViewType, Table, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Duration, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface RegistryDataProps extends StackProps {
  /** The `source` of everything on the bus. */
  readonly origin: string;
}

/** The tables, by what they hold. */
export interface Tables {
  /** Commits: the only source of truth. */
  readonly events: Table;
  /** Their order, sealed. */
  readonly log: Table;
  /** Read models, made anew from events and log at any time. */
  readonly views: Table;
  /** The vault: names of persons, until they are erased. */
  readonly people: Table;
}

/** What must outlive every deployment: nothing in here is deleted with its stack. */
export class RegistryData extends Stack {
  readonly tables: Tables;
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
    this.bus = new EventBus(this, 'Bus', { description: 'Every sealed event, and log.sealed for every seal' });
    this.bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const archive = this.bus.archive('Archive', {
      description: 'For subscribers that missed something; the record itself is the log',
      eventPattern: { source: [origin] },
      retention: Duration.days(90),
    });
    archive.applyRemovalPolicy(RemovalPolicy.RETAIN);
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
