import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Evidence } from '../values/evidence.ts';

type Sources = Pick<FoldedRecord, 'events' | 'addedEvidence'>;

/**
 * The evidence of a record, that of its facts and what was added, in the order of recording. Facts often rest on the same
 * pieces: one that an earlier event has is not repeated.
 */
export function evidenceOf({ events, addedEvidence }: Sources): Evidence {
  const known = new Set<string>();
  return inOrderOfRecording({ events, addedEvidence }).flatMap(({ evidence }) => {
    const texts = evidence.map((piece) => JSON.stringify(piece));
    const pieces = evidence.filter((_, index) => !known.has(texts[index] as string));
    for (const text of texts) known.add(text);
    return pieces;
  });
}

function inOrderOfRecording({ events, addedEvidence }: Sources) {
  const own = events.map(({ streamversion, data }) => {
    const { evidence } = data as { evidence: Evidence };
    return { version: streamversion, evidence };
  });
  return [...own, ...addedEvidence].sort((a, b) => a.version - b.version);
}
