import { SUMMARY_IDENTIFIERS } from '../bounds.ts';
import type { Identifier } from './identifiers.ts';
import type { OrganizationState } from './state.ts';

const asNumber = (one: Identifier): object =>
  one.scheme === 'other'
    ? { scheme: one.scheme, issuer: one.issuer, value: one.value }
    : { scheme: one.scheme, value: one.value };

export const listed = ({ country, identifiers = [] }: OrganizationState): object => ({
  ...(country !== undefined && { country }),
  ...(identifiers.length > 0 && { identifiers: identifiers.slice(0, SUMMARY_IDENTIFIERS).map(asNumber) }),
});
