import { arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';

interface TableProperties {
  readonly KeySchema: unknown;
  readonly AttributeDefinitions: unknown;
  readonly GlobalSecondaryIndexes?: unknown;
  readonly StreamSpecification?: { readonly StreamViewType: string };
}

/** A table in the engine. Billing, backups and protection have no counterpart. */
export const table: Counterpart = {
  refer(name) {
    const arn = arnOf('dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream` } };
  },
  wire({ self, properties }, { tables }) {
    const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, StreamSpecification }: TableProperties =
      properties as never;
    tables.push({
      name: self.ref,
      arn: self.attributes.Arn as string,
      definition: {
        TableName: self.ref,
        KeySchema,
        AttributeDefinitions,
        GlobalSecondaryIndexes,
        BillingMode: 'PAY_PER_REQUEST',
        ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
      },
    });
  },
};
