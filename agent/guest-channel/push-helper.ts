// Puts the helper into a guest that has only the QEMU guest agent, and starts it there. Nothing of it stays but its program: it is
// pushed again after the guest was booted, or reverted to an instant before.
import { once } from 'node:events';
import { connectUnixSocket } from '@tt/client/node';
import type { RunningVm } from '../engines/interface.ts';
import { GuestError } from './guest-error.ts';

/** Nothing has come by the port. */
const NOT_RECEIVED = 3;

/**
 * Arguments: how the helper is started and, if the program comes by the helper's own port, its bytes; otherwise it comes on standard
 * input, once. Folders that only root can write, in memory first; in some systems no program can be run from /run. A port whose host is
 * not there yet reads as empty, so it is read again.
 */
const SCRIPT = `umask 022
size=$2
device=
if [ -n "$size" ]; then
  for port in /sys/class/virtio-ports/*; do
    read -r name < "$port/name" && [ "$name" = com.tt.helper.0 ] && device=/dev/\${port##*/}
  done 2>/dev/null
  [ -c "$device" ] || exit ${NOT_RECEIVED}
fi
receive() {
  if [ -z "$device" ]; then
    cat > "$1"
    return
  fi
  : > "$1" || return
  tries=0
  while :; do
    cat "$device" >> "$1" || exit ${NOT_RECEIVED}
    received=$(wc -c < "$1")
    [ "$received" -lt "$size" ] || break
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || exit ${NOT_RECEIVED}
    sleep 0.1 2>/dev/null || sleep 1
  done
  [ "$received" -eq "$size" ] || exit ${NOT_RECEIVED}
}
program=
for folder in /run /var/lib /root; do
  file=$folder/.tt-guest-helper
  if [ -e "$file" ] || [ -L "$file" ]; then rm -f "$file"; fi
  if [ -n "$program" ]; then cat "$program" > "$file" || continue
  else receive "$file" || continue
  fi
  program=$file
  chmod 755 "$file" && "$file" "$1" && exit 0
done
exit 1`;

const LAST_WORDS = 300;
const CONNECT_MS = 2_000;

/**
 * `--replace` ends a helper that runs already, with all it runs. Rejects with the engine's GUEST_AGENT_SILENT or ENGINE_TIMEOUT if there is no guest agent; GUEST_HELPER_SILENT, with what the guest
 * says, if the program can't run there.
 */
export async function pushHelper(
  vm: Pick<RunningVm, 'guestExec' | 'sockets'>,
  program: Uint8Array,
  timeoutMs: number,
  mode: '--daemon' | '--replace' = '--daemon',
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const leftMs = () => Math.max(1, deadline - Date.now());
  const start = (...more: string[]) => ['/bin/sh', '-c', SCRIPT, 'sh', mode, ...more];
  // A helper that is to be replaced has the port.
  let result = mode === '--daemon' ? await byPort(vm, program, start(String(program.length)), leftMs()) : null;
  if (!result || result.exitCode === NOT_RECEIVED)
    result = await vm.guestExec(start(), { timeoutMs: leftMs(), input: program });
  const { exitCode, stderr } = result;
  if (exitCode === 0) return;
  const words = stderr.trim().slice(-LAST_WORDS);
  throw new GuestError('GUEST_HELPER_SILENT', `the helper could not be started in the guest: ${words}`);
}

/**
 * By the port that is the helper's, once it runs: a guest agent reads each byte of what it is sent as text, which takes an emulated guest
 * a second. Null if nobody listens at its socket.
 */
async function byPort(
  vm: Pick<RunningVm, 'guestExec' | 'sockets'>,
  program: Uint8Array,
  argv: readonly string[],
  timeoutMs: number,
) {
  const socket = connectUnixSocket(vm.sockets.guestHelper);
  // What it says is nothing for us, and a port that closes is told by the script.
  socket.on('error', () => {});
  socket.resume();
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
  } catch {
    socket.destroy();
    return null;
  }
  try {
    // Its end is how the guest learns that this was all.
    socket.end(program);
    return await vm.guestExec(argv, { timeoutMs });
  } finally {
    socket.destroy();
  }
}
