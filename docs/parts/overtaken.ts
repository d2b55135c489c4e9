import { rulesOnOthers } from '../../domain/catalog.ts';
import { code, table } from './markdown.ts';

export const overtakenTable = (): string =>
  table(
    ['rule', 'looks at', 'overtaken', 'why'],
    Object.entries(rulesOnOthers).map(([rule, { looksAt, overtaken, why }]) => [code(rule), looksAt, overtaken, why]),
  );
