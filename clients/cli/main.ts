import { token } from './token.ts';
import { type Subcommand, UsageError } from './usage.ts';

const subcommands: Readonly<Record<string, Subcommand>> = { token };

const list = Object.entries(subcommands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
const USAGE = `registry <command> [options]

${list.join('\n')}

\`registry <command> --help\` tells more.
Exit codes: 0 done, 1 something failed, 2 the command line does not fit.`;

const [name = '--help', ...args] = process.argv.slice(2);
const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
if (name === '--help' || name === 'help') {
  console.log(USAGE);
} else if (!subcommand) {
  console.error(`There is no command "${name}".\n\n${USAGE}`);
  process.exitCode = 2;
} else if (args.includes('--help')) {
  console.log(subcommand.usage);
} else {
  await subcommand.run(args).catch((error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  });
}
