import type { Voices } from '../kernel/aggregate.ts';
import type { RegistryEvent } from '../kernel/event.ts';
import { withItem, withLast, withoutKey } from '../kernel/growing.ts';
import type { EventOnAnyRecord } from './events.ts';

/** Before anybody has spoken. */
export const noVoices: Voices = { host: false, parties: new Set(), disputes: new Map() };

/** Facts that say nothing of whether the record is so. */
const silent: readonly (string | undefined)[] = [
  'retracted',
  'retraction-withdrawn',
  'evidence-added',
  'identified-in-cohort',
  'day-reached',
];

/** The organization that speaks in an event as a host or a party; `undefined` where anybody else says something. */
export const speakerOf = ({ onbehalfof, data: { speaksAs } }: RegistryEvent): string | undefined =>
  speaksAs === 'host' || speaksAs === 'party' ? onbehalfof : undefined;

/** Who has spoken after one more event; `denies` tells that who says so does not say that the record is so. */
export function withVoice(
  voices: Voices,
  event: RegistryEvent,
  special: EventOnAnyRecord | undefined,
  denies: boolean,
): Voices {
  const speaker = speakerOf(event);
  // What was confirmed before a correction was something else than what stands now.
  const heard = special?.type === 'corrected' ? { ...voices, host: false, parties: noVoices.parties } : voices;
  if (speaker === undefined) return heard;
  if (denies || silent.includes(special?.type)) return heard;
  if (special?.type === 'disputed') {
    const { grounds } = special.data;
    const dispute = { by: speaker, grounds, version: event.streamversion };
    return { ...heard, disputes: withLast(heard.disputes, speaker, dispute) };
  }
  return {
    host: heard.host || event.data.speaksAs === 'host',
    // A host may be a party too: it has spoken as both.
    parties: withItem(heard.parties, speaker),
    disputes: special?.type === 'corroborated' ? withoutKey(heard.disputes, speaker) : heard.disputes,
  };
}
