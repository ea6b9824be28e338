// The test guests of the acceleration probe in real QEMU: both finish under emulation, and a KVM replaced by a wrapper is judged
// by what they do. The result does not depend on /dev/kvm of this host.
// @module-tag real
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testImage } from '../../../images/test-image.ts';
import { linuxGuest } from './linux-guest.ts';
import { longModeGuest } from './long-mode-guest.ts';
import { measure } from './measure.ts';
import { probeAcceleration } from './probe.ts';

const QEMU = 'qemu-system-x86_64';
let stateDirectory: string;
let testKernel: string;

beforeEach(async () => {
  stateDirectory = await mkdtemp(path.join(tmpdir(), 'tt-acceleration-'));
  const { directory, manifest } = await testImage();
  testKernel = path.join(directory, manifest.boot?.kernel ?? '');
});
afterEach(() => rm(stateDirectory, { recursive: true }));

it.each([
  ['a boot sector in 64-bit mode', () => longModeGuest],
  ['a Linux kernel in user space', () => linuxGuest(testKernel)],
])('ends with its mark: %s', async (_what, guestOf) => {
  const guest = guestOf();
  const run = await measure({ stateDirectory, binary: QEMU }, guest, 'tcg', guest.tcgCeilingMs);
  expect(run).toEqual({ ms: expect.any(Number), failure: null });
});

it('does not end with its mark in a kernel that panics', async () => {
  const guest = linuxGuest(testKernel);
  const broken = {
    ...guest,
    prepare: async (folder: string) => (await guest.prepare(folder)).map((arg) => arg.replace('quiet', 'rdinit=/none')),
  };
  const run = await measure({ stateDirectory, binary: QEMU }, broken, 'tcg', guest.tcgCeilingMs);
  expect(run).toMatchObject({ ms: null, failure: { isTooSlow: false } });
});

it('sees through a KVM that is as slow as TCG: a wrapper that gives TCG for it', async () => {
  const binary = path.join(stateDirectory, 'qemu');
  // Each argument on its own: `-accel kvm` and `-cpu host` become what emulation takes, one second later.
  const script = `#!/bin/sh
for arg; do shift; case "$arg" in kvm) arg=tcg slow=yes;; host) arg=Nehalem;; esac; set -- "$@" "$arg"; done
[ -z "$slow" ] || sleep 1
exec ${QEMU} "$@"
`;
  await writeFile(binary, script);
  await chmod(binary, 0o755);
  const found = await probeAcceleration({ stateDirectory, binary, testKernel, device: '/dev/null' });
  expect(found).toMatchObject({ kind: 'tcg', reason: { code: expect.stringMatching(/^kvm(Late|Slow)/) } });
});
