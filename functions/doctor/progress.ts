/** What the doctor is doing, for whoever waits: `done` of `total` positions, if that many are known. */
export type ShowProgress = (doing: string, done: number, total?: number) => void;
