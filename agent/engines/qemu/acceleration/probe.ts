// Determines whether KVM really runs guests here: a test guest runs with TCG and with KVM, and KVM is used only if it does the
// same work in much less time. The best available test decides: a Linux kernel, or a boot sector until there is one.
import type { Reason } from '@tt/protocol';
import type { Acceleration } from '../../interface.ts';
import { checkDevice } from './device.ts';
import { linuxGuest } from './linux-guest.ts';
import { longModeGuest } from './long-mode-guest.ts';
import { type Measure, measure, type Run } from './measure.ts';
import { hostFacts, readBootId, recall, type Remembered, remember, stillHolds } from './remembered.ts';
import type { TestGuest } from './test-guest.ts';
import { isNearlyGood, kvmLimitMs, verdict } from './verdict.ts';
import { isThere } from '../../../host/is-there.ts';

export interface ProbeOptions {
  /** Absolute folder for `acceleration.json`. */
  stateDirectory: string;
  /** Path, or name in PATH. */
  binary: string;
  /** Absolute path of a Linux kernel to test with, which need not be there yet. */
  testKernel?: string;
  /** Default `/dev/kvm`. */
  device?: string;
  /** True: guests run as users of their own, who have to be able to open the device too. Default false. */
  confined?: boolean;
  /** How a test guest is run, for tests; default: in QEMU. */
  measure?: Measure;
}

/** Never rejects for lack of KVM: TCG always works, and `reason` says why it is used. Rejects with RunError without QEMU. */
export async function probeAcceleration(options: ProbeOptions): Promise<Acceleration> {
  const unreachable = await checkDevice(options.device ?? '/dev/kvm', options.confined ?? false);
  if (unreachable) return unreachable;
  const [host, bootId] = await Promise.all([hostFacts(options.binary), readBootId()]);
  const guest = await bestGuest(options);
  const known = await recall(options.stateDirectory);
  if (known && stillHolds(known, host, bootId) && !isBetter(guest, known)) return shown(known);
  const { tcg, kvm } = await compare(options, guest);
  const answer: Remembered = {
    host,
    bootId,
    ...verdict(guest, tcg, kvm),
    measured: { test: guest.name, kvmMs: kvm.ms, tcgMs: tcg.ms },
    at: new Date().toISOString(),
    mark: null,
  };
  await remember(options.stateDirectory, answer);
  return shown(answer);
}

/**
 * TCG from now on, until the host's kernel or QEMU changes: a guest showed what the probe did not. Nothing is written where
 * there was no probe, as KVM is then out of reach anyway.
 */
export async function markKvmAsBad(stateDirectory: string, reason: Reason): Promise<void> {
  const known = await recall(stateDirectory);
  if (known) await remember(stateDirectory, { ...known, kind: 'tcg', mark: { reason, at: new Date().toISOString() } });
}

/** TCG first: its time limits the run with KVM, so that one that hangs is detected soon. */
async function compare(options: ProbeOptions, guest: TestGuest): Promise<{ tcg: Run; kvm: Run }> {
  const run = options.measure ?? measure;
  const once = async () => {
    const tcg = await run(options, guest, 'tcg', guest.tcgCeilingMs);
    return { tcg, kvm: await run(options, guest, 'kvm', kvmLimitMs(guest, tcg)) };
  };
  const first = await once();
  return isNearlyGood(first.tcg, first.kvm) ? once() : first;
}

async function bestGuest({ testKernel }: ProbeOptions): Promise<TestGuest> {
  return testKernel !== undefined && (await isThere(testKernel)) ? linuxGuest(testKernel) : longModeGuest;
}

/** A mark was made by a real guest: no test is better. */
function isBetter(guest: TestGuest, { measured, mark }: Remembered): boolean {
  return mark === null && guest.name === 'linux' && measured.test === 'long-mode';
}

function shown({ kind, reason, mark }: Remembered): Acceleration {
  return { kind, reason: mark?.reason ?? reason };
}
