import { pathOf } from '../local/data-directory.ts';
import { reportOf } from '../local/start-errors.ts';

/** What has to be closed at the end, the last opened first. */
export type Opened = (() => unknown)[];

/**
 * Runs an operator's command in this process, and ends with the exit code that `run` tells: 0 done, 1 something failed or
 * remains. What it opened is closed, also when it is stopped by a signal. `explained` has the text of a failure that needs no
 * stack.
 */
export async function operate<Options extends { readonly data?: string | undefined }>(
  readOptions: (args: string[]) => Options,
  run: (options: Options, opened: Opened) => Promise<0 | 1>,
  explained: (error: unknown) => string | undefined = () => undefined,
): Promise<void> {
  const opened: Opened = [];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  // Whoever read the output has seen enough, as in `registry doctor | head`: 128 + SIGPIPE, and no stack.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => void close().finally(() => process.exit(1)));
  let directory = '';
  try {
    const options = readOptions(process.argv.slice(2));
    directory = pathOf(options);
    process.exitCode = await run(options, opened);
  } catch (error) {
    const own = explained(error);
    const { text, code } = own === undefined ? reportOf(error, directory) : { text: own, code: 1 };
    console.error(text);
    process.exitCode = code;
  }
  await close();
}
