// Runs commands of QEMU's human monitor that QMP does not have. The monitor reports failures as text, too.
import type { QmpClient } from './qmp-client.ts';

export async function askMonitor(qmp: QmpClient, commandLine: string): Promise<string> {
  return (await qmp.execute('human-monitor-command', { 'command-line': commandLine })).trim();
}
