import type { Examination } from './examine.ts';
import { delayOf, setAsideTexts } from './read-models.ts';
import { needsRepair } from './repair.ts';

/** What was found and what would be done, in sentences. */
export interface RepairPlan {
  readonly findings: readonly string[];
  readonly steps: readonly string[];
  /** Those of the findings that no step mends, and that somebody has to look at. */
  readonly delays: readonly string[];
  /** The records that read models have set aside. */
  readonly setAside: readonly string[];
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `unsealed`: commits without a marker, if they were counted. */
export function repairPlanOf(found: Examination, unsealed: number | undefined): RepairPlan {
  const steps = found.refusals.length > 0 ? [] : stepsFor(found, unsealed);
  const delays = found.readModels.flatMap((model) => delayOf(model, found.head) ?? []);
  const setAside = found.readModels.flatMap(({ asides }) => [...asides.keys()]);
  return { findings: [...findingsOf(found, unsealed), ...found.refusals], steps, delays, setAside };
}

function findingsOf(found: Examination, unsealed: number | undefined): string[] {
  const {
    tree,
    head,
    foreign,
    lost,
    orphanedPages,
    orphanedMarkers,
    kept,
    base,
    end,
    announced,
    headStands,
    conflicts,
  } = found;
  const findings = [
    tree ? `${counted(tree.size, 'event')} published and signed` : 'nothing was published yet',
    head ? `HEAD counts ${counted(head.size, 'event')}` : 'the log table has no HEAD',
  ];
  if (foreign !== undefined) findings.push(foreign);
  if (head?.halted !== undefined) findings.push(`the log is halted: ${head.halted}`);
  if (lost) findings.push(`the events table lacks ${counted(lost.commits, 'published commit')}`);
  if (found.refusals.length > 0) return findings;
  if (orphanedPages.pages > 0) {
    findings.push(
      `${counted(orphanedPages.pages, 'page')} of the log (${counted(orphanedPages.events, 'event')}) from position ${kept.size} on cannot stand`,
    );
  }
  if (orphanedMarkers > 0) {
    findings.push(
      `${counted(orphanedMarkers, 'marker')} without a page: ${orphanedMarkers === 1 ? 'its commit passes' : 'their commits pass'} for sealed`,
    );
  }
  if (orphanedPages.gone > 0) findings.push(goneOf(found));
  if (tree && kept.size < tree.size)
    findings.push(`from position ${kept.size} on the log went another way than what was published`);
  if (base.size < end.size) {
    findings.push(`the log table is not whole from position ${base.size} on; it should be up to ${end.size - 1}`);
  } else if (!headStands) findings.push(`HEAD should count ${counted(end.size, 'event')}, which stand`);
  if (announced > kept.size) findings.push(`the bus was told of positions up to ${announced - 1}`);
  if (conflicts.length > 0) {
    findings.push(
      `${counted(conflicts.length, 'object')} beyond the checkpoint, never signed, ${conflicts.length === 1 ? 'is' : 'are'} not what the log has there: ${some(conflicts)}`,
    );
  }
  for (const model of found.readModels) {
    const { projection, checkpoint, isStale } = model;
    if (isStale) findings.push(`the read model ${projection.name} has applied positions that change or are no more`);
    else if (checkpoint.closed) findings.push(`the read model ${projection.name} is closed`);
    const delay = delayOf(model, head);
    if (delay !== undefined) findings.push(delay);
    findings.push(...setAsideTexts(model));
  }
  if (unsealed) findings.push(`${counted(unsealed, 'commit')} without a position`);
  return findings;
}

const some = (keys: readonly string[]): string => `${keys.slice(0, 10).join(', ')}${keys.length > 10 ? ' …' : ''}`;

const goneOf = ({ orphanedPages: { gone, examples } }: Examination): string => {
  const more = gone > examples.length ? ' …' : '';
  return `${counted(gone, 'commit')} of those pages ${gone === 1 ? 'is' : 'are'} gone, and never published: ${examples.join(', ')}${more}`;
};

function stepsFor(found: Examination, unsealed: number | undefined): string[] {
  if (!needsRepair(found)) return unsealed ? [`seal ${counted(unsealed, 'commit')} at the end of the log`] : [];
  const { lost, orphanedPages, orphanedMarkers, kept, base, end, announced, headStands, conflicts } = found;
  const steps = ['halt the log with the doctor’s mark, wait for whoever is still at work, and examine it again'];
  if (lost)
    steps.push(`put ${counted(lost.commits, 'published commit')} back into the events table, where nothing stands`);
  for (const { projection, isStale } of found.readModels) {
    if (isStale) steps.push(`forget the rows of ${projection.name}: its projector makes them anew`);
  }
  if (announced > kept.size) steps.push(`tell the bus again from position ${kept.size} on`);
  if (orphanedPages.pages > 0) {
    const lose =
      orphanedPages.gone > 0
        ? `; ${counted(orphanedPages.gone, 'commit')} are lost with them, none of which was ever published`
        : '';
    steps.push(
      `remove ${counted(orphanedPages.pages, 'page')} from position ${kept.size} on; what they hold is sealed anew at the end${lose}`,
    );
  }
  if (base.size < end.size) steps.push(`re-create the positions from ${base.size} to ${end.size - 1} in their order`);
  else if (!headStands) steps.push(`let HEAD count ${counted(end.size, 'event')}`);
  if (orphanedMarkers > 0) steps.push('remove markers that no page has');
  if (conflicts.length > 0)
    steps.push(`remove ${counted(conflicts.length, 'unsigned object')} from the published log; their versions stay`);
  steps.push('release the log for the tables in service', 'seal what then has no position');
  return steps;
}
