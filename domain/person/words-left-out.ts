import { isContainer } from '../values/container.ts';
import { isPersonId, replacePersonIds } from '../values/ids.ts';

/** What is shown in place of words that are erased, and wherever words are not joined. */
export const LEFT_OUT = '…';

/** Fields that hold the id of a person itself. */
const ID_FIELDS = ['person', 'of'];

type Shown = (container: object) => unknown;
export type TellText = (text: string) => string;

/** A value with its texts as `told` makes them, and a container as `shown` makes it where that says something. */
export function rewritten(value: unknown, told: TellText, shown: Shown = () => undefined, key = ''): unknown {
  if (typeof value === 'string') return ID_FIELDS.includes(key) && isPersonId(value) ? value : told(value);
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return value.map((item) => rewritten(item, told, shown));
  return (
    shown(value) ??
    Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, rewritten(inner, told, shown, field)]))
  );
}

/** What is read by many and kept: it says that words are left out. */
export const withWordsLeftOut = <Page extends object>(page: Page): Page =>
  rewritten(page, (text) => replacePersonIds(text, () => LEFT_OUT)) as Page;
