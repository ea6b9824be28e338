// Test support: a process that is killed from outside.
import { identifyProcess, signalProcess } from '../host/process-identity.ts';

/** Nothing happens to one that has ended. */
export async function killProcess(pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity) await signalProcess(identity, 'SIGKILL');
}
