// Lists files in a guest. What it says is data of the guest: names of any kind, and as many as it likes.
import { type GuestEntryView, MOST_LISTED_FILES, TtError } from '@tt/protocol';
import type { GuestEntry } from '../../guest-channel/file-requests.ts';
import { listFiles } from '../../guest-channel/list-files.ts';
import { Slots } from '../../host/slots.ts';
import type { Caller } from '../caller.ts';
import type { Services } from '../services.ts';
import { onVm } from '../targets.ts';
import { guestReadFailure } from './guest-file-failure.ts';
import { type GuestServices, inGuest } from './in-guest.ts';

/** Of all paths: an answer is held in memory whole. */
const MOST_LISTED_CHARACTERS = 4 * 1024 * 1024;
const MOST_LISTED = { entries: MOST_LISTED_FILES, bytes: 2 * MOST_LISTED_CHARACTERS };
/** Lists of one user; others wait. A guest can make each of them as large as it may be, and take all the time there is. */
const MOST_AT_ONCE = 8;
/** By user, of those who list right now: what is bounded is the memory of this process. */
const turns = new Map<string, { slots: Slots; lists: number }>();

export interface ListRequest {
  vmId: string;
  path: string;
  what: 'folder' | 'tree' | 'pattern';
  user?: string | undefined;
  timeoutS: number;
}

/** Throws VM_NOT_FOUND, ENV_NOT_YOURS, VM_NOT_RUNNING, GUEST_FILES_UNREACHABLE, GUEST_FILE_…, GUEST_FILES_TOO_MANY. */
export async function listGuestFiles(
  services: GuestServices & Pick<Services, 'inventory'>,
  caller: Caller,
  { vmId, path, what, user, timeoutS }: ListRequest,
  signal: AbortSignal,
): Promise<GuestEntryView[]> {
  const vm = onVm.allow(services, caller, { vmId });
  services.running.need(vmId);
  try {
    const entries = await inTurn(caller.name, signal, () =>
      inGuest(services, vm, { timeoutS, signal }, (connected) =>
        listFiles(connected.channel, what === 'pattern' ? 'glob' : what, path, {
          ...(user !== undefined && { user }),
          signal: connected.signal,
          most: MOST_LISTED,
        }),
      ),
    );
    const length = entries.reduce((sum, entry) => sum + entry.path.length, 0);
    if (length > MOST_LISTED_CHARACTERS) {
      throw new TtError('GUEST_FILES_TOO_MANY', { vmName: vm.name, path, most: MOST_LISTED_FILES });
    }
    return entries.map(viewOf);
  } catch (error) {
    throw guestReadFailure(vm.name, path, error);
  }
}

async function inTurn<Result>(userName: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  const turn = turns.get(userName) ?? { slots: new Slots(MOST_AT_ONCE), lists: 0 };
  turns.set(userName, turn);
  turn.lists++;
  try {
    return await turn.slots.use(signal, work);
  } finally {
    turn.lists--;
    if (turn.lists === 0) turns.delete(userName);
  }
}

function viewOf({ kind, path, size: sizeBytes, mode, modifiedAt, owner }: GuestEntry): GuestEntryView {
  return { kind, path, sizeBytes, mode, modifiedAt: modifiedAt.toISOString(), ...(owner !== null && { owner }) };
}
