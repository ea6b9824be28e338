// How the guest of a VM is, without a network: as the guest helper in it says, or the guest agent where no helper can be.
import { type GuestHealth, type MachineSpec, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { reportByAgent } from '../../guest-channel/by-agent/agent-report.ts';
import type { GuestChannel } from '../../guest-channel/guest-channel.ts';
import type { GuestHost } from '../../guest-channel/guest-channels.ts';
import { GuestError } from '../../guest-channel/guest-error.ts';
import { hasOnlyAgent } from '../../guest-channel/open-channel.ts';

/** Enough to put the helper into a guest on a busy host. */
const ANSWER_MS = 15_000;

type Asked = GuestHost & Pick<RunningVm, 'askGuestAgent'>;

/** What it needs of `Services`. */
interface HealthParts {
  inventory: { vm(vmId: string): { name: string; spec: Pick<MachineSpec, 'guestHelper'> } };
  running: { need(vmId: string): Asked };
  guestChannels: {
    open(handle: Asked, timeoutMs: number): Promise<Pick<GuestChannel, 'has' | 'report'>>;
    hasAgent(handle: Asked): boolean;
  };
}

/** Throws VM_NOT_FOUND, VM_NOT_RUNNING, GUEST_HEALTH_UNKNOWN. */
export async function guestHealth(
  { inventory, running, guestChannels }: HealthParts,
  vmId: string,
): Promise<GuestHealth> {
  const { name, spec } = inventory.vm(vmId);
  const handle = running.need(vmId);
  try {
    const byHelper = spec.guestHelper === 'on' ? await reportByHelper(guestChannels, handle) : null;
    return byHelper ?? (await reportByAgent(handle, ANSWER_MS));
  } catch (error) {
    if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
    throw new TtError('GUEST_HEALTH_UNKNOWN', { vmName: name, reason: error.reason }, { cause: error });
  }
}

/** Null where no helper can be, or one that is too old for this and can't be replaced. */
async function reportByHelper(guestChannels: HealthParts['guestChannels'], handle: Asked): Promise<GuestHealth | null> {
  if (guestChannels.hasAgent(handle)) return null;
  try {
    const channel = await guestChannels.open(handle, ANSWER_MS);
    return channel.has('reports') ? await channel.report(ANSWER_MS) : null;
  } catch (error) {
    if (hasOnlyAgent(error)) return null;
    throw error;
  }
}
