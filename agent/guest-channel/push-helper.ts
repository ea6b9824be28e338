// Puts the helper into a guest that has only the QEMU guest agent, and starts it there. Nothing of it stays but its program: it is
// pushed again after the guest was booted, or reverted to an instant before.
import type { RunningVm } from '../engines/interface.ts';
import { GuestError } from './guest-error.ts';

/**
 * Folders that only root can write, in memory first; in some systems no program can be run from /run. What the guest agent passes on
 * comes once, so the next folder is given a copy.
 */
const SCRIPT = `umask 022
program=
for folder in /run /var/lib /root; do
  file=$folder/.tt-guest-helper
  rm -f "$file"
  if [ -n "$program" ]; then cat "$program" > "$file" || continue
  else cat > "$file" || continue
  fi
  program=$file
  chmod 755 "$file" && "$file" "$1" && exit 0
done
exit 1`;

const LAST_WORDS = 300;

/**
 * `--replace` ends a helper that runs already, with all it runs. Rejects with the engine's GUEST_AGENT_SILENT or ENGINE_TIMEOUT if there is no guest agent; GUEST_HELPER_SILENT, with what the guest
 * says, if the program can't run there.
 */
export async function pushHelper(
  vm: Pick<RunningVm, 'guestExec'>,
  program: Uint8Array,
  timeoutMs: number,
  mode: '--daemon' | '--replace' = '--daemon',
): Promise<void> {
  const { exitCode, stderr } = await vm.guestExec(['/bin/sh', '-c', SCRIPT, 'sh', mode], { timeoutMs, input: program });
  if (exitCode === 0) return;
  const words = stderr.trim().slice(-LAST_WORDS);
  throw new GuestError('GUEST_HELPER_SILENT', `the helper could not be started in the guest: ${words}`);
}
