import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { isContainer } from '../values/container.ts';
import { escapePointer } from '../values/ids.ts';

/** The field of every web address: that of a source, that of a document. */
const ADDRESS = 'url';

function addressesIn(value: unknown, pointer = ''): { readonly pointer: string; readonly address: string }[] {
  if (!isContainer(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${pointer}/${escapePointer(key)}`;
    return key === ADDRESS && typeof inner === 'string' ? [{ pointer: at, address: inner }] : addressesIn(inner, at);
  });
}

/** `user:password@` before the host (RFC 3986 section 3.2.1). */
function hasUserInfo(address: string): boolean {
  const { username = '', password = '' } = URL.parse(address) ?? {};
  return username !== '' || password !== '';
}

/**
 * Web addresses with user information: a password in one would be published for ever. What was recorded before this rule
 * stays: a correction may repeat it where the corrected event says it.
 */
export function userInfoInAddresses(data: object, record?: Pick<FoldedRecord, 'events'>): Refusal[] {
  const { corrects } = data as { corrects?: unknown };
  const corrected = record?.events.find(({ streamversion }) => streamversion === corrects);
  const recorded = new Set(addressesIn(corrected?.data).map(({ address }) => address));
  return addressesIn(data)
    .filter(({ address }) => hasUserInfo(address) && !recorded.has(address))
    .map(({ pointer }) => ({
      rule: 'user-info-in-address',
      pointer,
      detail: 'must not hold a user name or a password',
    }));
}
