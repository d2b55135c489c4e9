/** The formats of tables. */
export const formats = ['csv', 'ndjson', 'parquet'] as const;
export type Format = (typeof formats)[number];
