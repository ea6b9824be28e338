// The ssh connection to a guest for a command of a run. What ssh has no way for is refused here, and not left out.
import { reason, type TermCode, TtError } from '@tt/protocol';
import type { ExecRequest } from '../guest-channel/exec-request.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import type { RunningVm } from '../engines/interface.ts';
import type { SshConnection } from '../ssh/ssh-connection.ts';
import type { SshGuests } from '../ssh/ssh-guests.ts';
import { missingOnWindows } from '../ssh/windows-line.ts';
import type { VmRecord } from '../state/vm-record.ts';

const windowsReasons = {
  environment: 'sshWindowsEnvironment',
  folder: 'sshWindowsFolder',
  words: 'sshWindowsWords',
} as const satisfies Record<string, TermCode<'reason'>>;

/** Rejects with GuestError, or with what no waiting changes: SSH_IMPOSSIBLE, SSH_HOST_KEY_UNKNOWN, SSH_HOST_KEY_WRONG, RUN_NOT_OVER_SSH. */
export async function openBySsh(
  sshGuests: Pick<SshGuests, 'open'>,
  { id, name: vmName, guest }: Pick<VmRecord, 'id' | 'name' | 'guest'>,
  handle: RunningVm,
  request: ExecRequest,
  timeoutMs: number,
): Promise<SshConnection> {
  const user = guest.cloudInit?.user;
  if (user !== undefined && request.user !== undefined && request.user !== user) {
    throw new TtError('RUN_NOT_OVER_SSH', { vmName, reason: reason('sshOtherUser', { user }) });
  }
  const connection = await open();
  const missing = connection.isWindows ? missingOnWindows(request) : null;
  if (missing) throw new TtError('RUN_NOT_OVER_SSH', { vmName, reason: reason(windowsReasons[missing]) });
  return connection;

  async function open(): Promise<SshConnection> {
    try {
      return await sshGuests.open(handle, id, timeoutMs);
    } catch (error) {
      if (error instanceof GuestError && error.code === 'GUEST_SSH_HOST_KEY_WRONG') {
        throw new TtError('SSH_HOST_KEY_WRONG', { vmName });
      }
      throw error;
    }
  }
}
