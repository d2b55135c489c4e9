import { problems } from '../../domain/problems.ts';
import { code, table } from './markdown.ts';

export const problemTable = (): string =>
  table(
    ['slug', 'status', 'what it means', 'how to fix it'],
    Object.entries(problems).map(([slug, { status, title, mend }]) => [code(slug), String(status), title, mend]),
  );
