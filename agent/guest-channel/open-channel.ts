// Which way leads into a guest over the ports of its machine: the helper where it can be, otherwise the guest agent alone.
import { EngineError } from '../engines/errors.ts';
import type { RunningVm } from '../engines/interface.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import type { FileChannel } from './file-command.ts';
import type { GuestChannels } from './guest-channels.ts';
import { GuestError } from './guest-error.ts';

export interface OpenRequest {
  /** Whether the machine has a port for the helper. */
  hasPort: boolean;
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Rejects as {@link GuestChannels.open} and {@link GuestChannels.openAgent}, or with the reason of `signal`. What is opened is for others,
 * too: nobody ends it.
 */
export async function openChannel(
  channels: Pick<GuestChannels, 'open' | 'openAgent' | 'hasAgent'>,
  handle: RunningVm,
  { hasPort, timeoutMs, signal }: OpenRequest,
): Promise<FileChannel> {
  if (hasPort && !channels.hasAgent(handle)) {
    try {
      return await unlessAborted(channels.open(handle, timeoutMs), signal);
    } catch (error) {
      if (!hasOnlyAgent(error)) throw error;
    }
  }
  return unlessAborted(channels.openAgent(handle, timeoutMs), signal);
}

/**
 * Its guest agent has answered, and no helper can run there: Windows, another architecture, no folder for programs. Or one that can’t be
 * spoken with has its port.
 */
export function hasOnlyAgent(error: unknown): boolean {
  if (error instanceof GuestError)
    return error.code === 'GUEST_HELPER_SILENT' || error.code === 'GUEST_HELPER_OTHER_VERSION';
  return error instanceof EngineError && error.code === 'COMMAND_FAILED';
}
