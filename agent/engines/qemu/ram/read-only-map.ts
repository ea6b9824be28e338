// Whether this QEMU can map a file as memory that it may not write: the property `rom` of memory-backend-file says that the memory
// itself is not read-only then (since 8.2; found by its name, not by the version).
import { runCommand } from '../../../host/run-command.ts';

const TIMEOUT_MS = 10_000;

/** Rejects as `runCommand`. */
export async function canMapReadOnly(binary: string): Promise<boolean> {
  // It prints what there is, and ends; one that refuses the question has an exit code.
  const { stdout, stderr } = await runCommand(binary, ['-object', 'memory-backend-file,help'], {
    timeoutMs: TIMEOUT_MS,
    okExitCodes: [0, 1],
  });
  return /^\s*rom=/m.test(`${stdout}\n${stderr}`);
}
