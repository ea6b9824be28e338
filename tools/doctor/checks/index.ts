// All checkers, in the order they are shown: first what `npm start` needs, then what is good to have.
import type { Check } from '../check.ts';
import { agentCheck } from './agent.ts';
import { chromiumCheck } from './chromium.ts';
import { electronCheck } from './electron.ts';
import { imageToolsCheck } from './image-tools.ts';
import { kvmCheck } from './kvm.ts';
import { memoryCheck } from './memory.ts';
import { nftCheck } from './nft.ts';
import { nodeCheck } from './node.ts';
import { qemuCheck } from './qemu.ts';
import { qemuImgCheck } from './qemu-img.ts';
import { spaceCheck } from './space.ts';
import { stateFolderCheck } from './state-folder.ts';
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
  kvmCheck,
  electronCheck,
  chromiumCheck,
  nftCheck,
  zfsCheck,
];
