// Runs the program that its arguments name, and kills it when its own standard input ends. The system closes the pipes of
// a dead process, so the program does not outlive the process that started this one, even if that was killed. It is not
// run by a shell, which not every platform has.
import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const program = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'], windowsHide: true });
const kill = () => program.kill('SIGKILL');
process.stdin.on('end', kill).on('error', kill).resume();
// For whoever started this process, should somebody kill it alone.
if (program.pid !== undefined) process.stdout.write(`${program.pid}\n`);
program.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
program.once('exit', (code) => process.exit(code ?? 1));
