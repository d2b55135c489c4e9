import { addParty } from './commands/add-party.ts';
import { ending } from './commands/ending.ts';
import { force } from './commands/force.ts';
import { leaving } from './commands/leaving.ts';
import { registerAgreement } from './commands/register.ts';
import { signing } from './commands/signing.ts';
import { stating } from './commands/stating.ts';
import { succession } from './commands/succession.ts';

export const commands = [
  registerAgreement,
  addParty,
  ...signing,
  ...succession,
  ...stating,
  ...force,
  ...leaving,
  ...ending,
];
