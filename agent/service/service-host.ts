// What installing the service needs of a host: who asks, whether systemd is there, and its commands.
import { isThere } from '../host/is-there.ts';
import { runCommand } from '../host/run-command.ts';

/** Starting waits until the agent answers (`tt-agent wait`), stopping until guests have powered off. */
const SYSTEMCTL_TIMEOUT_MS = 6 * 60_000;

export interface ServiceHost {
  /** Before every path that is read or written: empty, or a folder in tests. */
  root: string;
  isRoot: boolean;
  hasSystemd(): Promise<boolean>;
  /** Rejects with RunError. */
  systemctl(args: readonly string[]): Promise<void>;
}

export const thisServiceHost: ServiceHost = {
  root: '',
  isRoot: process.getuid?.() === 0,
  // sd_booted(3).
  hasSystemd: () => isThere('/run/systemd/system'),
  async systemctl(args) {
    await runCommand('systemctl', args, { timeoutMs: SYSTEMCTL_TIMEOUT_MS });
  },
};
