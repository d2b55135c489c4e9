import { join } from 'node:path';
import { isFault } from '../../../domain/log/read.ts';
import { readTile, type Tile, type TileId, tilePath } from '../../../domain/log/tiles.ts';
import { readIfThere } from '../files.ts';
import { failureOf, type Http } from '../http.ts';
import { LogFault } from './fault.ts';

/** A static log (C2SP tlog-tiles), behind HTTP or as a copy in a directory. */
export interface LogSource {
  /** Names the log in messages. */
  readonly name: string;
  /** The bytes under a path such as `tile/0/000`; undefined when there are none. */
  object(path: string): Promise<Uint8Array | undefined>;
}

export const httpSource = (http: Http): LogSource => ({
  name: http.url,
  async object(path) {
    const answer = await http.send(`/${path}`, { headers: { Accept: '*/*' } });
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return answer.bytes;
    throw failureOf(answer, `${http.url}/${path}`);
  },
});

export const directorySource = (directory: string): LogSource => ({
  name: directory,
  object: (path) => readIfThere(join(directory, path)),
});

/** The bytes of an object that every log of this size has. @throws LogFault when it is missing */
export async function objectOf(source: LogSource, path: string): Promise<Uint8Array> {
  const bytes = await source.object(path);
  if (!bytes) throw new LogFault(path, `it is missing in ${source.name}`);
  return bytes;
}

/** @throws LogFault when it is missing or has another width */
export async function tileOf(source: LogSource, id: TileId): Promise<Tile> {
  const read = readTile(id, await objectOf(source, tilePath(id)));
  if (isFault(read)) throw new LogFault(tilePath(id), read.fault);
  return read.value;
}
