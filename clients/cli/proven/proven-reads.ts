import type { Transport } from '../../typescript/transport.ts';

/** Lets through only answers that their proofs prove. */
export interface ProvenReads {
  readonly through: (transport: Transport) => Transport;
  /** Tells what was proved. */
  tell(): void;
}
