// Asks QEMU's human monitor, for what QMP has no command for. It tells failures as text, too.
import type { QmpClient } from './qmp-client.ts';

export async function askMonitor(qmp: QmpClient, commandLine: string): Promise<string> {
  return (await qmp.execute('human-monitor-command', { 'command-line': commandLine })).trim();
}
