import type { Summary } from '../../domain/answers/record.ts';
import { aggregateByName } from '../../domain/catalog.ts';
import type { RegistryEvent } from '../../domain/kernel/event.ts';
import type { Warning } from '../../domain/kernel/refusal.ts';
import { hashOfMatchKey } from '../../domain/organization/match-keys.ts';
import { MATCH_KEYS, type MatchKey, recordRow, records } from '../../domain/projections/records.ts';
import { ORGANIZATIONS } from '../../domain/projections/search/keys.ts';
import { search } from '../../domain/projections/search/search.ts';
import type { RowReader } from '../../domain/reading/row-reader.ts';
import { namesLike } from '../../domain/reading/search.ts';
import { aggregateOf } from '../../domain/values/ids.ts';
import type { Views } from '../stores/views.ts';

type ViewsReader = Pick<Views, 'newest'>;

/** Look-ups for one request; what is beyond them stands in the registrar's list all the same. */
const MAX_LOOKUPS = 100;
/** Other records that one warning is given for. */
const MAX_OTHERS = 5;

/** What an event says that another record may share. */
const matchKeysIn = (event: RegistryEvent): readonly string[] =>
  aggregateByName(aggregateOf(event.subject) ?? '').matching?.keysIn(event) ?? [];

/** The names that an event gives an organization. */
function namesIn({ type, data }: RegistryEvent): string[] {
  const { names = [], name } = data as { names?: readonly { value: string }[]; name?: { value: string } };
  if (type === 'organization.registered') return names.map(({ value }) => value);
  return type === 'organization.name-added' && name ? [name.value] : [];
}

/**
 * Organizations that are registered already and are probably the same, for each command's events: those of earlier commands
 * of the request, and others as far as the read model has them. So a warning may be missing, and never refuses.
 */
export async function duplicatesOf(
  events: readonly (readonly RegistryEvent[])[],
  views: ViewsReader,
): Promise<Warning[][]> {
  let room = MAX_LOOKUPS;
  const said = new Map<string, string>();
  return Promise.all(
    events.map(async (caused) => {
      const all = [...new Set(caused.flatMap(matchKeysIn))];
      const looked = all.slice(0, room);
      room -= looked.length;
      const own = caused[0]?.subject ?? '';
      const here = all.flatMap((matchKey) => {
        const before = said.get(matchKey);
        said.set(matchKey, before ?? own);
        return before === undefined || before === own ? [] : [warningOf(matchKey, before)];
      });
      const names = [...new Set(caused.flatMap(namesIn))].slice(0, Math.max(0, room));
      room -= names.length;
      const warnings = await Promise.all([
        ...names.map((name) => othersCalled(name, own, views)),
        ...looked.map((matchKey) => othersAlike(matchKey, own, views)),
      ]);
      return [...new Map([...here, ...warnings.flat()].map((warning) => [warning.record, warning])).values()];
    }),
  );
}

async function othersAlike(matchKey: string, own: string, views: ViewsReader): Promise<Warning[]> {
  const hash = hashOfMatchKey(matchKey);
  const { rows } = await views.newest<MatchKey>(records, MATCH_KEYS, `${hash}/~`, MAX_OTHERS + 1);
  const alike = rows.filter(({ sort, value }) => sort.startsWith(`${hash}/`) && value.likeness === matchKey);
  const others = await Promise.all(alike.map(({ value }) => finalIn(value.id, views)));
  return [...new Set(others)].filter((id) => id !== own).map((id) => warningOf(matchKey, id));
}

/** What a search for the name finds at once: also in other characters, and of those that were merged. */
async function othersCalled(name: string, own: string, views: ViewsReader): Promise<Warning[]> {
  const rows = await namesLike(name, ORGANIZATIONS, rowsOf(views), MAX_OTHERS + 1);
  return rows
    .filter(({ id, mergedFrom }) => id !== own && mergedFrom !== own)
    .map((row) => ({
      rule: 'probable-duplicate',
      record: row.id,
      detail: `${row.id} ${row.former || row.mergedFrom ? 'was' : 'is'} called ${row.name.value}`,
    }));
}

const rowsOf = (views: ViewsReader): Pick<RowReader, 'newest'> => ({
  newest: (partition, before, limit) => views.newest(search, partition, before, limit),
});

function warningOf(matchKey: string, id: string): Warning {
  const detail = matchKey.startsWith('name:') ? 'bears the same name' : 'has the same identifier';
  return { rule: 'probable-duplicate', record: id, detail: `${id} ${detail}` };
}

/** The organization that an id stands for in the read model. */
async function finalIn(id: string, views: ViewsReader): Promise<string> {
  const { rows } = await views.newest<Summary>(records, recordRow(id), undefined, 1);
  return rows[0]?.value.mergedInto ?? id;
}
