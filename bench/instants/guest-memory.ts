// Fills a guest's memory with random bytes until little is left, so that a state has to save nearly all of it.
import { GuestShell } from '../../agent/engines/guest-shell.ts';

/** What the guest keeps for itself: the programs that answer, and what they need to be started. */
const LEFT_MIB = 24;
const LEFT_PART = 0.04;
const FOLDER = '/mnt/full';
const LIMIT_MS = 300_000;

/**
 * Resolves with the MiB that are written. One random MiB again and again: QEMU saves each page that is not zero, whatever is in
 * others, and an emulated guest takes minutes for a GiB of random bytes.
 */
export async function fillMemory(serialPath: string, memoryMiB: number): Promise<number> {
  const leftKiB = Math.round(Math.max(LEFT_MIB, memoryMiB * LEFT_PART) * 1024);
  const shell = await GuestShell.login(serialPath, { loginTimeoutMs: LIMIT_MS });
  try {
    const written = await shell.run(
      [
        `mkdir -p ${FOLDER}`,
        `mount -t tmpfs -o size=100% tmpfs ${FOLDER}`,
        `head -c 1048576 /dev/urandom > ${FOLDER}/one`,
        `free=$(sed -n 's/^MemAvailable: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)`,
        `count=$(((free - ${leftKiB}) / 1024))`,
        'done=0',
        `while [ $done -lt $count ]; do cat ${FOLDER}/one || exit 1; done=$((done + 1)); done > ${FOLDER}/all`,
        'echo $done',
      ].join('; '),
      LIMIT_MS,
    );
    const writtenMiB = Number(written);
    if (!(writtenMiB > 0)) throw new Error(`the guest of ${memoryMiB} MiB was not filled: ${written}`);
    return writtenMiB;
  } finally {
    shell.close();
  }
}
