import fc from 'fast-check';
import { commandOf, datedCommand, type Histories, letters, someOrganization } from './history.ts';

const name = fc.constantFrom(...letters).map((value) => ({ name: { value, lang: 'en' } }));
const relation = fc.record({ type: fc.constantFrom('part-of', 'member-of'), to: someOrganization });
const identifier = fc
  .constantFrom(...letters)
  .map((value) => ({ identifier: { scheme: 'other', issuer: 'WFDB', value } }));

export const histories: Histories = {
  opening: commandOf('register-organization', fc.constant({ kind: 'bank', names: [{ value: 'a', lang: 'en' }] })),
  act: fc.oneof(
    datedCommand('add-name', name),
    datedCommand(
      'add-name',
      name.map((one) => ({ name: { ...one.name, until: '2024' } })),
    ),
    datedCommand('end-name', name),
    datedCommand('relate', relation),
    datedCommand(
      'relate',
      relation.map((one) => ({ ...one, until: '2024-01-31' })),
    ),
    datedCommand('end-relation', relation),
    datedCommand('link-identifier', identifier),
    datedCommand('unlink-identifier', identifier),
    datedCommand(
      'close-organization',
      someOrganization.map((successor) => ({ successor })),
    ),
    datedCommand(
      'restore-organization',
      fc.boolean().map((asIfNeverClosed) => ({ asIfNeverClosed })),
    ),
    commandOf(
      'merge-organization',
      someOrganization.map((into) => ({ into })),
    ),
  ),
  about: (data) => JSON.stringify({ ...data, on: undefined }),
};
