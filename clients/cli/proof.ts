import { setTimeout as sleep } from 'node:timers/promises';
import { toBase64 } from '../../domain/log/bytes.ts';
import { verifyProof } from '../../domain/log/proof-file.ts';
import { isFault } from '../../domain/log/read.ts';
import { aggregateOf } from '../../domain/values/record-id.ts';
import { leafOfFeed } from './canonical.ts';
import { replaceFile } from './files.ts';
import { createHttp, failureOf, type Http, problemOf, textOf } from './http.ts';
import { proofCrypto } from './log/crypto.ts';
import { chooseKey } from './log/keys.ts';
import { httpSource } from './log/source.ts';
import { COMMON_USAGE, common, onlyArgument, parseOptions, urlOf, VKEY_USAGE } from './options.ts';
import { Failure, printJson, type Subcommand, UsageError } from './usage.ts';

const usage = `registry proof ID [--url URL] [--vkey KEY] [--out FILE] [--json]

Fetches, verifies and prints the proof (C2SP tlog-proof) that an event is in the log. ID is the id of an event, such as
agreement-6n3kz…/3; the id of a record means its first event.

${COMMON_USAGE}
${VKEY_USAGE}
  --out FILE     write FILE.tlog-proof, and the event's exact bytes as FILE.json, instead of printing

\`registry verify --proof FILE.tlog-proof --event FILE.json --vkey KEY\` verifies them without any registry.
Example: registry proof organization-r346zjbzh2adq2h3rq7dsqoxx3/1 --out audit-proof
Exit codes: 0 done; 1 there is no such event, or its proof does not hold; 2 the command line does not fit.`;

/** Events are published about a second after they were sealed. */
const TRIES = 10;
const MILLISECONDS_BETWEEN = 1000;

const options = { ...common, vkey: { type: 'string' }, out: { type: 'string' } } as const;

export const proof: Subcommand = {
  usage,
  async run(args, terminal) {
    const { values, positionals } = parseOptions(usage, args, options, true);
    const id = onlyArgument(usage, 'event or record', positionals);
    const { stream, version, isChosen } = readId(id);
    if (isChosen) terminal.err(`${id} is a record: this is the proof of its first event, ${stream}/${version}.`);
    const http = createHttp(urlOf(values.url, terminal));
    const path = `/v1/events/${encodeURIComponent(stream)}/${version}`;
    const event = (await http.get(path)).bytes;
    refuseOther(event, `${stream}/${version}`);
    const text = await proofText(http, `${path}/proof`);
    const { index, checkpoint } = await verified(text, event, http, values.vkey, terminal);
    const { size, root } = checkpoint;
    const files = values.out === undefined ? {} : { proof: `${values.out}.tlog-proof`, event: `${values.out}.json` };
    if (files.proof !== undefined) {
      await replaceFile(files.proof, text);
      await replaceFile(files.event, event);
    }
    if (values.json) {
      const proved = { id: `${stream}/${version}`, index, size, root: toBase64(root) };
      printJson(terminal, { ...proved, ...(files.proof === undefined ? { proof: text } : files) });
    } else if (files.proof !== undefined) {
      terminal.out(`${stream}/${version} is at position ${index} of ${size}: ${files.proof}, ${files.event}.`);
    } else {
      terminal.out(text.replace(/\n$/, ''));
    }
    return 0;
  },
};

function readId(id: string): { stream: string; version: number; isChosen: boolean } {
  const [, stream, version] = /^([\x21-\x7e]+)\/([1-9]\d{0,14})$/.exec(id) ?? [];
  if (stream !== undefined) return { stream, version: Number(version), isChosen: false };
  if (aggregateOf(id) !== undefined) return { stream: id, version: 1, isChosen: true };
  throw new UsageError(`"${id}" is neither the id of an event (<record>/<version>) nor that of a record.`);
}

/** A proof holds for any event of the log: that it is of the requested one has to be checked. @throws Failure */
function refuseOther(event: Uint8Array, id: string): void {
  const given = leafOfFeed(textOf(event))?.id;
  if (given !== id) throw new Failure(`The registry gives another event than ${id}: ${JSON.stringify(given)}.`);
}

async function proofText(http: Http, path: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await http.send(path);
    if (answer.status === 200) return textOf(answer.bytes);
    const isEarly = answer.status === 409 && problemOf(answer).type.endsWith('/problems/not-yet');
    if (!isEarly) throw failureOf(answer, `${http.url}${path}`);
    if (attempt === TRIES) throw new Failure('The event is not published yet. Ask again a little later.');
    await sleep(MILLISECONDS_BETWEEN);
  }
}

async function verified(
  text: string,
  event: Uint8Array,
  http: Http,
  given: string | undefined,
  terminal: Parameters<typeof chooseKey>[2],
) {
  const { key } = await chooseKey(httpSource(http), { given }, terminal);
  const read = await verifyProof(text, event, key, proofCrypto);
  if (isFault(read)) throw new Failure(`The proof that the registry gives does not hold: ${read.fault}.`);
  return read.value;
}
