import { createHttp, failureOf } from './http.ts';
import { chooseKey } from './log/keys.ts';
import { httpSource } from './log/source.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions, urlOf, VKEY_USAGE } from './options.ts';
import { askProven } from './proven/proving.ts';
import { type Subcommand, UsageError } from './usage.ts';

const usage = `registry prove PATH [--vkey KEY] [--url URL] [--json]

Asks for what PATH answers with its proof, verifies it, and prints both as one JSON object: whoever has it and the key of the
log can verify the answer without any registry. PATH is that of a read, such as /v1/agreements?limit=3.

${COMMON_USAGE.split('\n')[0]}
  --json         changes nothing: what is printed is JSON
${VKEY_USAGE}

\`registry verify --proof-file FILE --vkey KEY\` verifies the file.
Example: registry prove '/v1/agreements?state=in-force' > in-force.json
Exit codes: 0 done, also where it is proven that there is no such record; 1 the answer is not proven, or something failed;
2 the command line does not fit.`;

const options = { ...common, vkey: { type: 'string' } } as const;

export const proveAnswer: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const path = onlyArgument(usage, 'path', positionals);
    if (!path.startsWith('/v1/')) throw new UsageError(`PATH begins with /v1/, and "${path}" does not.`);
    const http = createHttp(urlOf(values.url, terminal));
    const source = httpSource(http);
    const key = await chooseKey(source, { given: values.vkey }, terminal);
    const answer = await askProven(path, (proving) => http.send(proving), { source, key });
    if (!('told' in answer)) throw failureOf(answer, `${http.url}${path}`);
    terminal.out(JSON.stringify(answer.told, null, 2));
    return 0;
  },
};
