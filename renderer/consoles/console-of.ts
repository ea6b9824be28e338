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
  /** In full screen the tools are shown when they are asked for. */
  showsTools: boolean;
  /** null: there is nothing to go back to, as in a window of its own. */
  onBack: (() => void) | null;
  onImmersive: () => void;
  onTools: () => void;
  /** Grows each time somebody asks for the keyboard of what is shown, by a press on its tab. */
  turn?: number;
  /** Opens it in a window of its own; null where it has one. */
  onPopOut: (() => void) | null;
}
