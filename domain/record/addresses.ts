import type { FoldedRecord } from '../kernel/aggregate.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { newlySaid } from './newly-said.ts';

/** The field of every web address: that of a source, that of a document. */
const ADDRESS = 'url';

/** `user:password@` before the host (RFC 3986 section 3.2.1). */
function hasUserInfo(address: string): boolean {
  const { username = '', password = '' } = URL.parse(address) ?? {};
  return username !== '' || password !== '';
}

/** Web addresses with user information: a password in one would be published for ever. */
export const userInfoInAddresses = (data: object, record?: Pick<FoldedRecord, 'events'>): Refusal[] =>
  newlySaid(data, ADDRESS, record)
    .filter(({ text }) => hasUserInfo(text))
    .map(({ pointer }) => ({
      rule: 'user-info-in-address',
      pointer,
      detail: 'must not hold a user name or a password',
    }));
