/** Shows what the doctor is doing: `done` of `total` positions, if the total is known. */
export type ShowProgress = (doing: string, done: number, total?: number) => void;
