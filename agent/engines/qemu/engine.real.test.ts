// The QEMU engine with real guests passes the contract of engines: as root with one user per VM, as it is in service there,
// else as the user of this process (which root does in engine-own-user.deep.test.ts).
import { describeEngineContract } from '../engine.contract.ts';
import { isRoot, makeQemuHarness } from './test-qemu-harness.ts';

describeEngineContract(isRoot ? 'qemu, one user per VM' : 'qemu', () => makeQemuHarness(isRoot));
