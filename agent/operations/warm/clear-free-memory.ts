// Fills what the guest of an image has free with zeros before it is saved warm. What its boot has used and given back would otherwise be
// kept on the disk, copied for each VM that wakes, and there for each of them to read.
import { reason, TtError } from '@tt/protocol';
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import { unlessAborted } from '../../host/unless-aborted.ts';

/** An emulated guest on a busy host fills 1 GiB in a minute. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * A file in memory, of no more than is free, so that the guest gives up nothing else for it: a twentieth is left, and 8 MiB at least. 1 GiB is
 * enough, since Linux gives the pages first that were given back last. Should memory get short all the same, `dd` is ended before
 * anything of the guest's own, and the file goes with its file system.
 */
const SCRIPT = `# tt-clear-free-memory
PATH=$PATH:/usr/sbin:/sbin
exec 2>&1
while read -r name kib rest; do
  [ "$name" = MemTotal: ] && total=$kib
  [ "$name" = MemFree: ] && free=$kib
done </proc/meminfo
read -r least </proc/sys/vm/min_free_kbytes
kept=$((total / 20))
[ "$kept" -lt 8192 ] && kept=8192
mib=$(((free - kept - 4 * least) / 1024))
[ "$mib" -gt 1024 ] && mib=1024
[ "$mib" -gt 0 ] || exit 0
folder=$(mktemp -d) || exit 1
trap 'umount "$folder"; rmdir "$folder"' EXIT
mount -t tmpfs -o "size=\${mib}m,mode=0700" tmpfs "$folder" || exit 1
(echo 1000 >/proc/self/oom_score_adj; exec dd if=/dev/zero of="$folder/zeros" bs=1048576 count="$mib")
`;

/**
 * False if the guest has no shell or could not: it is as good as before. Rejects with IMAGE_WARM_FAILED if it is neither done nor refused in
 * 10 minutes, as each copy would go on with it, or with the reason of `signal`.
 */
export async function clearFreeMemory(
  imageName: string,
  guest: Pick<RunningVm, 'guestExec'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const clearing = guest.guestExec(['/bin/sh'], { timeoutMs: TIMEOUT_MS, input: SCRIPT });
    const { exitCode } = await unlessAborted(clearing, signal);
    return exitCode === 0;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.code !== 'ENGINE_TIMEOUT') return false;
    throw new TtError('IMAGE_WARM_FAILED', { imageName, reason: reason('engine.ENGINE_TIMEOUT') }, { cause: error });
  }
}
