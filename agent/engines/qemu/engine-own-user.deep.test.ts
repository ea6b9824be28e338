// The QEMU engine as an agent that is not confined has it: guests run as the agent's own user. Only where the tests run as
// root; as anyone else engine.real.test.ts is just this.
import { describe } from 'vitest';
import { describeEngineContract } from '../engine.contract.ts';
import { isRoot, makeQemuHarness } from './test-qemu-harness.ts';

describe.skipIf(!isRoot)('as root', () => {
  describeEngineContract('qemu, own user', () => makeQemuHarness(false));
});
