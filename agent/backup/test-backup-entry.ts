// Test support: one backup or restore as a process of its own, which kills itself at a step. Arguments: `backup` or `restore`, the state
// folder, the file, and the step.
import { defaultConfig } from '../config/read-config.ts';
import { restoreBackup } from './restore.ts';
import { backUpToFile } from './write-backup.ts';

const [what = '', home = '', file = '', step = ''] = process.argv.slice(2);
const config = defaultConfig(home);
const checkpoint = (reached: string) => {
  if (reached !== step) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way: nothing of the step may run before it arrives.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
if (what === 'backup') await backUpToFile(config, file, { force: false, checkpoint });
else await restoreBackup(file, config, checkpoint);
