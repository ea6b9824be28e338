// How the drivers look up and signal processes, in one place so that tests with a kernel in memory can provide their own
// processes.
import { identifyProcess, isRunning, memoryBytes, type ProcessIdentity } from '../host/process-identity.ts';
import { errnoOf } from './errors.ts';

export interface HostProcesses {
  isRunning(process: ProcessIdentity): Promise<boolean>;
  /**
   * SIGKILL to these, at once. The caller has just read them from the kernel's list of a group in the same turn of the
   * event loop: between the two no pid can come round to another process.
   */
  killNow(pids: readonly number[]): void;
  /** Their total memory in RAM and swap; processes that have ended meanwhile count zero. */
  memoryBytes(pids: readonly number[]): Promise<number>;
}

export const realProcesses: HostProcesses = {
  isRunning,
  killNow(pids) {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (errnoOf(error) !== 'ESRCH') throw error;
      }
    }
  },
  async memoryBytes(pids) {
    const identities = await Promise.all(pids.map(identifyProcess));
    const each = await Promise.all(identities.map(async (identity) => (identity ? memoryBytes(identity) : 0)));
    return each.reduce((sum, bytes) => sum + bytes, 0);
  },
};
