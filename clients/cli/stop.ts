/** How long what is under way may take when the user has no more patience. */
const PATIENCE = 3_000;
/** A terminal sends Ctrl-C to every process of a command, and some pass it on: within this time it is the same one. */
const SAME_SIGNAL = 300;

/** SIGPIPE: whoever read the output has gone. The process itself raises it, see main.ts. */
export const CODES = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const;
type Stop = keyof typeof CODES;

/**
 * Lets a command end in order when it is to stop: `signal` is aborted, and `patience` resolves when it has to end even if
 * something is under way: after a moment, or at a second signal.
 */
export function onStop() {
  const controller = new AbortController();
  const patience = Promise.withResolvers<void>();
  let first: { readonly name: Stop; readonly at: number } | undefined;
  const stop = (name: Stop) => () => {
    const now = performance.now();
    if (first && now - first.at > SAME_SIGNAL) patience.resolve();
    if (first) return;
    first = { name, at: now };
    controller.abort();
    setTimeout(patience.resolve, PATIENCE).unref();
  };
  const listeners = (Object.keys(CODES) as Stop[]).map((name) => [name, stop(name)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    signal: controller.signal,
    patience: patience.promise,
    get code() {
      return first && CODES[first.name];
    },
    [Symbol.dispose]: () => {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
