import { toBase64 } from '../../domain/log/bytes.ts';
import { verifyProof } from '../../domain/log/proof-file.ts';
import { isFault } from '../../domain/log/read.ts';
import { leafOfFeed } from './canonical.ts';
import { readIfThere } from './files.ts';
import { proofCrypto } from './log/crypto.ts';
import { LogFault } from './log/fault.ts';
import { keyGiven } from './log/keys.ts';
import { type ExitCode, printJson, type Terminal, UsageError } from './usage.ts';

export interface ProofFiles {
  readonly proof: string;
  readonly event: string;
  readonly vkey: string;
  readonly json: boolean;
}

const utf8 = { encode: (text: string) => new TextEncoder().encode(text), decode: new TextDecoder() };

/** Verifies one proof with these files and the key alone, without any registry. @throws LogFault */
export async function verifyProofFile(files: ProofFiles, terminal: Terminal): Promise<ExitCode> {
  const [proof, event] = await Promise.all([fileNamed('--proof', files.proof), fileNamed('--event', files.event)]);
  const { key } = await keyGiven(files.vkey);
  const text = utf8.decode.decode(proof);
  const asItIs = await verifyProof(text, event, key, proofCrypto);
  const leaf = isFault(asItIs) ? leafOfFeed(utf8.decode.decode(event)) : undefined;
  const read = leaf ? await verifyProof(text, utf8.encode(leaf.entry), key, proofCrypto) : asItIs;
  if (isFault(read)) throw new LogFault(files.proof, read.fault);
  const { index, checkpoint } = read.value;
  const { origin, size, root } = checkpoint;
  if (files.json) {
    const proved = { holds: true, index, canonicalized: leaf !== undefined, origin, size, root: toBase64(root) };
    printJson(terminal, proved);
    return 0;
  }
  terminal.out(`The event is at position ${index} of the log of ${origin}, as signed with ${size} events.`);
  if (leaf)
    terminal.out('Its file is not the exact bytes: it was made canonical (RFC 8785, without "position") first.');
  return 0;
}

async function fileNamed(option: string, path: string): Promise<Uint8Array> {
  const bytes = await readIfThere(path);
  if (!bytes) throw new UsageError(`${option} ${path}: there is no such file.`);
  return bytes;
}
