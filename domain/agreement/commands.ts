import { addParty } from './commands/add-party.ts';
import { ending } from './commands/ending.ts';
import { force } from './commands/force.ts';
import { leaving } from './commands/leaving.ts';
import { registerAgreement } from './commands/register.ts';
import { signing } from './commands/signing.ts';

export const commands = [registerAgreement, addParty, ...signing, ...force, ...leaving, ...ending];
