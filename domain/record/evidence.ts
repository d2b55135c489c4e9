import type { FoldedRecord } from '../kernel/aggregate.ts';
import { memoized } from '../kernel/memoized.ts';
import type { Evidence } from '../values/evidence.ts';

type Sources = Pick<FoldedRecord, 'events' | 'addedEvidence'>;

/**
 * The evidence of a record, that of its facts and what was added, in the order of recording. Facts often rest on the same
 * pieces: one that an earlier event has is not repeated.
 */
export const evidenceOf = (record: Sources): Evidence => gatherEvidence()(record);

/** `evidenceOf` for versions of one record that follow each other: each costs what it adds to the one before. */
export function gatherEvidence(): (record: Sources) => Evidence {
  const nothing = () => ({ sources: [] as readonly Evidence[], texts: new Set<string>(), pieces: [] as Evidence });
  let known = nothing();
  return (record) => {
    const sources = inOrderOfRecording(record);
    if (!known.sources.every((source, index) => source === sources[index])) known = nothing();
    const { texts, pieces } = known;
    const added = sources.slice(known.sources.length).flatMap((source) => {
      const further = source.filter((piece) => !texts.has(textOf(piece)));
      for (const piece of further) texts.add(textOf(piece));
      return further;
    });
    known = { sources, texts, pieces: added.length === 0 ? pieces : [...pieces, ...added] };
    return known.pieces;
  };
}

const textOf = memoized((piece: Evidence[number]): string => JSON.stringify(piece));

const stated = ({ data }: FoldedRecord['events'][number]) => (data as { readonly evidence: Evidence }).evidence;

function inOrderOfRecording({ events, addedEvidence }: Sources): readonly Evidence[] {
  const sources: Evidence[] = [];
  let taken = 0;
  for (const event of events) {
    for (let next = addedEvidence[taken]; next && next.version < event.streamversion; next = addedEvidence[taken]) {
      sources.push(next.evidence);
      taken += 1;
    }
    sources.push(stated(event));
  }
  for (const { evidence } of addedEvidence.slice(taken)) sources.push(evidence);
  return sources;
}
