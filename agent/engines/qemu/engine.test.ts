// The QEMU engine with real guests passes the contract of engines: as root with one user per VM, as it is in service there,
// and as an agent has it that is not confined: guests run as the agent's own user, which is all there is for anyone but root.
import { describe } from 'vitest';
import { describeEngineContract } from '../engine.contract.ts';
import { isRoot, makeQemuHarness } from './test-qemu-harness.ts';

describe('in service', { tags: ['real'] }, () => {
  describeEngineContract(isRoot ? 'qemu, one user per VM' : 'qemu', () => makeQemuHarness(isRoot));
});

describe.skipIf(!isRoot)('as root', { tags: ['deep'] }, () => {
  describeEngineContract('qemu, own user', () => makeQemuHarness(false));
});
