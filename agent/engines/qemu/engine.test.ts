// The QEMU engine with real guests passes the engine contract: as root with one user per VM, as in production, and unconfined,
// where guests run as the agent's own user, the only way without root.
import { describe } from 'vitest';
import { describeEngineContract } from '../engine.contract.ts';
import { isRoot, makeQemuHarness } from './test-qemu-harness.ts';

describe('in service', { tags: ['real'] }, () => {
  describeEngineContract(isRoot ? 'qemu, one user per VM' : 'qemu', () => makeQemuHarness(isRoot));
});

describe.skipIf(!isRoot)('as root', { tags: ['deep'] }, () => {
  describeEngineContract('qemu, own user', () => makeQemuHarness(false));
});
