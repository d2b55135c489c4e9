import { dynoxide } from '../../infra/local/engine/dynoxide.ts';
import { findDynoxide } from '../../infra/local/engine/find.ts';
import { dynoxidePackage } from '../../infra/local/engine/pinned.ts';
import { type Engine, startEngineProgram } from '../../infra/local/engine/server.ts';

/** The embedded engine over a file. */
export async function startDynoxide({ file }: { readonly file: string }): Promise<Engine> {
  const found = await findDynoxide(dynoxidePackage(), () => {});
  if (!found) throw new Error('there is no dynoxide here; DYNAMODB_ENDPOINT may name another engine');
  return startEngineProgram(dynoxide(found.binary, file));
}
