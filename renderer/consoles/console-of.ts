// What the tabs of a machine's console share: the machine, and what the frame around them does.
import type { Vm } from '@tt/protocol';
import type { Action } from '../components/action.ts';

export interface ConsoleOf {
  vmId: string;
  /** Short name of the machine. */
  vm: string;
  /** undefined while it is not known, or no more. */
  known: Vm | undefined;
  envName: string | null;
  /** null for a machine that is not stopped. */
  start: Action | null;
  immersive: boolean;
  onBack: () => void;
  onImmersive: () => void;
}
