import { decide } from '../../domain/decide.ts';
import type { CommandDefinition, Context, FoldedRecord } from '../../domain/kernel/aggregate.ts';
import { lookupIn } from '../../domain/kernel/aggregate.ts';
import type { Rule } from '../../domain/problems.ts';
import { fold } from '../../domain/record/record.ts';

/** A command that was refused, as it was decided. */
interface Refused {
  readonly definition: CommandDefinition;
  readonly data: object;
  readonly record: FoldedRecord | undefined;
  readonly context: Context;
  readonly rules: readonly Rule[];
}

/** A record without what was recorded of it after its opening. */
const asOpened = (record: FoldedRecord): FoldedRecord => fold(record.aggregate, record.events.slice(0, 1)) ?? record;

/** A record of whose opening every organization, date and ceremony was set right. */
function asCorrected(record: FoldedRecord): FoldedRecord {
  const events = record.events.map((event) => ({
    ...event,
    data: JSON.parse(
      JSON.stringify(event.data, (key, value) =>
        ['on', 'partOf', 'ceremony'].includes(key)
          ? undefined
          : typeof value === 'string' && value.startsWith('organization-')
            ? `organization-${'7'.repeat(26)}`
            : value,
      ),
    ),
  }));
  return fold(record.aggregate, events) ?? record;
}

/** The rules that another record had broken: they are not broken where it stands otherwise. */
export function brokenElsewhere(
  { definition, data, record, context, rules }: Refused,
  others: readonly string[],
): Rule[] {
  const variants = others.flatMap((other) => [asOpened, asCorrected].map((variant) => ({ other, variant })));
  return rules.filter((rule) =>
    variants.some(({ other, variant }) => {
      const otherwise = (found: FoldedRecord) => (found.id === other ? variant(found) : found);
      const lookup = lookupIn((id) => {
        const found = id === context.id ? record : context.lookup.ifRead(id);
        return { record: found && id !== context.id ? otherwise(found) : found };
      });
      const memberships = context.memberships?.map(otherwise) ?? [];
      const anew = decide(definition, data, record, { ...context, lookup, memberships });
      return anew.ok || !anew.refusals.some((refusal) => refusal.rule === rule);
    }),
  );
}
