import type { CommandDefinition } from '../kernel/aggregate.ts';

/** Who has the right that `rightLacking` looks for, in words for the documents. */
export function whose(definition: CommandDefinition): string {
  const { scope, by, registrarToo, concerns, rules = [] } = definition;
  if (scope === 'registry/registrar') return 'registrars';
  switch (by) {
    case 'anyone':
      return 'every submitter';
    case 'author':
      return 'whoever said it; registrars';
    case 'host-or-party':
      return 'the hosts of the record and the parties to it';
    case 'owner':
      return registrarToo === 'on-any'
        ? 'the owner of the record; registrars'
        : 'the owner of the record; registrars, where that is not its submitter';
    default: {
      const itself = concerns === undefined ? '' : '; the organization whose act it is';
      const decides = rules.includes('body-decides') ? '; not the organization that is decided about' : '';
      const registrars = registrarToo === undefined ? '' : '; registrars';
      return `the submitter of the record, its hosts and the parties to it${itself}${decides}${registrars}`;
    }
  }
}
