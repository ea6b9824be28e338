// The contract of guests whose memory is saved later, for the real QEMU.
// @module-tag deep
import { describeHeldGuests } from '../held.contract.ts';
import { makeQemuHarness } from './test-qemu-harness.ts';

const isRoot = process.getuid?.() === 0;

describeHeldGuests(isRoot ? 'qemu, one user per VM' : 'qemu', () => makeQemuHarness(isRoot));
