import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TestEngine } from './engine.ts';

/** Everything in a views table but the checkpoints and what is served, in the order of the keys. */
export async function rowsIn({ documents }: TestEngine, table: string) {
  const rows: { pk: string; sk: string; value: string }[] = [];
  for await (const page of paginateScan({ client: documents }, { TableName: table, ConsistentRead: true })) {
    rows.push(...((page.Items ?? []) as typeof rows));
  }
  const text = (row: { pk: string; sk: string }) => `${row.pk}\n${row.sk}`;
  return rows.filter(({ sk }) => sk !== 'checkpoint' && sk !== 'serving').sort((a, b) => (text(a) < text(b) ? -1 : 1));
}
