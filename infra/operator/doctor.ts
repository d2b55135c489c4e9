// The operator's side of `registry doctor`, in a process that clients/cli/doctor.ts starts.
import { createInterface } from 'node:readline/promises';
import { projections } from '../../domain/projections/projections.ts';
import { createDoctor, type Diagnosis, type RepairOutcome } from '../../functions/doctor/doctor.ts';
import { fullJitter } from '../../functions/runtime/backoff.ts';
import { openDeployment } from './deployments.ts';
import { type Opened, operate } from './operate.ts';
import { type DoctorOptions, readDoctorOptions } from './options.ts';

const SET_ASIDE = 'See docs/runbook.md#record-set-aside.';
const DELAYED =
  'There is nothing to do here: see docs/runbook.md#projection-stopped, or #projection-late for what is only late.';

/** The exit code: 0 healthy or repaired, 1 something remains. */
async function run(options: DoctorOptions, opened: Opened): Promise<0 | 1> {
  const deployment = await openDeployment(options, opened);
  const progress = createProgress();
  const doctor = createDoctor({
    ...(options.vkey !== undefined && { vkey: options.vkey }),
    ...deployment,
    projections,
    clock: Date.now,
    backoff: fullJitter(),
    progress: progress.at,
  });
  const diagnosis = await doctor.diagnose();
  progress.end();
  if (!options.json) printDiagnosis(diagnosis);
  if (diagnosis.steps.length === 0 || !(await isWanted(options))) return conclude(options, diagnosis);
  const outcome = await doctor.repairAll(diagnosis);
  progress.end();
  return conclude(options, diagnosis, outcome);
}

function printDiagnosis({ state, findings, steps, setAside }: Diagnosis): void {
  console.log(['Found:', ...findings.map((finding) => `  - ${finding}`)].join('\n'));
  if (state === 'healthy' && setAside.length === 0) console.log('Healthy: there is nothing to do.');
  else if (state === 'healthy') console.log(`Healthy, but for what is set aside: ${setAside.join(', ')}. ${SET_ASIDE}`);
  if (steps.length > 0) console.log(['To do:', ...steps.map((step, at) => `  ${at + 1}. ${step}`)].join('\n'));
}

/** Asks on a terminal; elsewhere only `--yes` confirms. */
async function isWanted({ yes, json }: DoctorOptions): Promise<boolean> {
  if (yes) return true;
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Do it? [y/N] ');
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function conclude({ yes, json }: DoctorOptions, diagnosis: Diagnosis, outcome?: RepairOutcome): 0 | 1 {
  const { state, findings, steps } = diagnosis;
  const isWell = state === 'healthy' || outcome?.isRepaired === true;
  if (json) {
    const repaired = outcome && { isMended: outcome.isRepaired, sealed: outcome.sealed, remains: outcome.remains };
    console.log(JSON.stringify({ state, findings, steps, isChanged: outcome !== undefined, ...repaired }, null, 2));
  } else if (outcome) printOutcome(outcome);
  else if (state === 'refused') console.log('Nothing was changed: this has to be mended by hand first.');
  else if (state === 'ill' && steps.length === 0) console.log(DELAYED);
  else if (state === 'ill') console.log(`Nothing was changed.${yes ? '' : ' `--yes` does it without asking.'}`);
  return isWell ? 0 : 1;
}

function printOutcome({ isRepaired, sealed, remains }: RepairOutcome): void {
  if (isRepaired) console.log(`Done; ${sealed} ${sealed === 1 ? 'event was' : 'events were'} sealed.`);
  else
    console.log(['This remains:', ...remains.map((one) => `  - ${one}`), 'Run it again when it is mended.'].join('\n'));
}

/** A line on the terminal that each call replaces; nothing where stderr is no terminal. */
function createProgress() {
  const { stderr } = process;
  let drawn = 0;
  const draw = (line: string) => stderr.isTTY && stderr.write(`\r\u001b[2K${line}`);
  return {
    at(doing: string, done: number, total?: number): void {
      if (performance.now() - drawn < 100) return;
      drawn = performance.now();
      draw(`${doing}: ${done}${total === undefined ? '' : ` of ${total}`}`);
    },
    end: () => void draw(''),
  };
}

// A doctor that is stopped leaves the log halted, and the next run goes on.
await operate(readDoctorOptions, run);
