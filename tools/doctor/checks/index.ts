// All checkers, in the order they are shown: first what `npm start` needs, then what is good to have.
import type { Check } from '../../../agent/doctor/check.ts';
import { backgroundTasksCheck } from '../../../agent/doctor/checks/background-tasks.ts';
import { kvmCheck } from '../../../agent/doctor/checks/kvm.ts';
import { memoryCheck } from '../../../agent/doctor/checks/memory.ts';
import { networkToolsCheck } from '../../../agent/doctor/checks/network-tools.ts';
import { nodeCheck } from '../../../agent/doctor/checks/node.ts';
import { qemuCheck } from '../../../agent/doctor/checks/qemu.ts';
import { qemuImgCheck } from '../../../agent/doctor/checks/qemu-img.ts';
import { spaceCheck } from '../../../agent/doctor/checks/space.ts';
import { stateFolderCheck } from '../../../agent/doctor/checks/state-folder.ts';
import { agentCheck } from './agent.ts';
import { chromiumCheck } from './chromium.ts';
import { electronCheck } from './electron.ts';
import { imageToolsCheck } from './image-tools.ts';
import { zfsCheck } from './zfs.ts';

export const checks: readonly Check[] = [
  nodeCheck,
  qemuCheck,
  qemuImgCheck,
  imageToolsCheck,
  stateFolderCheck,
  spaceCheck,
  memoryCheck,
  agentCheck,
  backgroundTasksCheck,
  kvmCheck('auto'),
  electronCheck,
  chromiumCheck,
  networkToolsCheck,
  zfsCheck,
];
