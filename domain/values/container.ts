/** A JSON object or array, by its keys. */
export type Container = Record<string, unknown>;

export const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
