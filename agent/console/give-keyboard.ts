// Who may type on the consoles of a VM: takes its keyboard, lends it, frees it. That the asker may open its consoles is checked before.
import { type Presence, TtError } from '@tt/protocol';
import type { Services } from '../operations/services.ts';

type Uses = Pick<Services, 'inventory' | 'presence'>;

export interface KeyboardChange {
  vmId: string;
  from: string;
  /** null: everybody. */
  to: string | null;
}

/** Throws KEYBOARD_TAKEN or KEYBOARD_NOT_WATCHED, and changes nothing then. */
export function giveKeyboard({ inventory, presence }: Uses, { vmId, from, to }: KeyboardChange): Presence {
  const vmName = inventory.vm(vmId).name;
  // Taking it for oneself, or freeing it, is always possible: who has it may have gone to lunch. All others see it happen.
  if (to !== null && to !== from) {
    const holder = presence.holderOf(vmId);
    if (holder !== null && holder !== from) throw new TtError('KEYBOARD_TAKEN', { user: holder, vmName });
    if (!presence.isWatchedBy(vmId, to)) throw new TtError('KEYBOARD_NOT_WATCHED', { user: to, vmName });
  }
  presence.giveKeyboard(vmId, to);
  return presence.of(vmId) ?? { watchers: [], keyboard: null };
}

/** Throws KEYBOARD_TAKEN while somebody else has it. */
export function mustHaveKeyboard(
  { inventory, presence }: Uses,
  { vmId, userName }: { vmId: string; userName: string },
): void {
  const holder = presence.holderOf(vmId);
  if (holder !== null && holder !== userName)
    throw new TtError('KEYBOARD_TAKEN', { user: holder, vmName: inventory.vm(vmId).name });
}
