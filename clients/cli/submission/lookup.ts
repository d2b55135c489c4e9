import type { Entry } from './entries.ts';
import { firstHalf, type IdempotencyKeys, type Piece, secondHalf } from './keys.ts';
import type { Ids } from './names.ts';
import { isUsed, type Sender, type SubmitAnswer, sendTogether } from './send.ts';

/** What was recorded of a piece by an earlier run. */
export interface FoundPiece<Line extends Entry = Entry> {
  readonly piece: Piece<Line>;
  readonly answer: SubmitAnswer;
}

export const bodyOf = ({ commands }: Piece<Entry>, ids: Ids) =>
  commands.map(({ naming, command }) => naming.withIds(command, ids));

/** Looks up what earlier runs have recorded, of this version of the client or of its first one. Writes nothing. */
export function createLookup(sender: Sender, keys: IdempotencyKeys, ids: () => Ids) {
  async function keyUsed(piece: Piece<Entry>): Promise<string | undefined> {
    const earlier = keys.earlierKeyOf(piece, { commands: bodyOf(piece, ids()) });
    if (earlier !== undefined && (await isUsed(sender, earlier))) return earlier;
    const own = keys.keyOf(piece, ids());
    return (await isUsed(sender, own)) ? own : undefined;
  }

  /** Whether the first half of it was recorded, or the first half of that, and so on: it was too large for one request. */
  async function isHalved(piece: Piece<Entry>): Promise<boolean> {
    for (let half = piece; half.commands.length > 1; ) {
      half = firstHalf(half);
      if ((await keyUsed(half)) !== undefined) return true;
    }
    return false;
  }

  /** The parts of a piece that were recorded, with their answers, and the others. */
  async function* look(piece: Piece<Entry>): AsyncGenerator<FoundPiece | Piece<Entry>> {
    const key = await keyUsed(piece);
    if (key !== undefined) {
      const commands = bodyOf(piece, ids());
      yield { piece, answer: await sendTogether(sender, piece.commands, commands, { key, isDryRun: true }) };
    } else if (await isHalved(piece)) {
      yield* look(firstHalf(piece));
      yield* look(secondHalf(piece));
    } else {
      yield piece;
    }
  }

  return { look };
}
