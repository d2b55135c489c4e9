import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { Command, Histories } from '../domain/histories/history.ts';
import type { ApiDocument } from './documents.ts';

/** A command as the OpenAPI document shows it. */
export interface Shown {
  readonly command: string;
  readonly path: string;
  readonly collection: string;
  readonly isAct: boolean;
  readonly client: string;
  readonly example: object;
}

const SAMPLES = 500;

/** Every command that the document shows an example of. */
export function shownIn(document: ApiDocument): Shown[] {
  return Object.entries(document.paths).flatMap(([path, { post }]) => {
    const body = post?.requestBody?.content['application/json'];
    if (!post || !body) return [];
    const client = post.description.includes('registry/registrar') ? 'registrar' : 'gzde';
    const collection = path.split('/')[2] ?? '';
    const named = Object.entries(body.examples ?? {}).map(([command, { value }]) => ({ command, example: value }));
    const all = body.example ? [{ command: post.operationId, example: body.example }] : named;
    return all.map((one) => ({ ...one, path, collection, isAct: path.includes('{id}'), client }));
  });
}

/** Commands as the tests of the domain make them, for each aggregate. */
export async function readHistories(seed: number) {
  const folder = new URL('../domain/histories/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name !== 'history.ts');
  const all: { opens: Command[]; acts: Command[] }[] = [];
  for (const name of names.sort()) {
    const { histories } = (await import(new URL(name, folder).href)) as { histories: Histories };
    const sample = (of: Histories['act']) => fc.sample(of, { seed, numRuns: SAMPLES });
    all.push({ opens: sample(histories.opening), acts: sample(histories.act) });
  }
  return all;
}
