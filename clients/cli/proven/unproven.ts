import { Failure } from '../usage.ts';

/** An answer that its proof does not prove. The message says why. */
export class Unproven extends Failure {}
