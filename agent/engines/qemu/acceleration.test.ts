// The acceleration probe: its guest really boots, a hanging QEMU is killed, the answer is kept for this boot of the host.
// @module-tag real
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { probeAcceleration, startProbeGuest } from './acceleration.ts';

let stateDirectory: string;
beforeEach(async () => {
  stateDirectory = await mkdtemp(path.join(tmpdir(), 'tt-acceleration-'));
});
afterEach(() => rm(stateDirectory, { recursive: true }));

/** A stand-in for QEMU that notes each call and then does what `body` says. */
async function fakeBinary(body: string): Promise<string> {
  const file = path.join(stateDirectory, 'qemu');
  await writeFile(file, `#!/bin/sh\necho called >> '${stateDirectory}/calls'\n${body}\n`);
  await chmod(file, 0o755);
  return file;
}
const calls = async () => (await readFile(path.join(stateDirectory, 'calls'), 'utf8')).trim().split('\n').length;
/** Stands for a /dev/kvm that may be opened. */
const device = '/dev/null';

it('has a guest that goes through its firmware and reports back', async () => {
  const found = await startProbeGuest({ stateDirectory, binary: 'qemu-system-x86_64', timeoutMs: 20_000 }, 'tcg');
  expect(found).toEqual({ kind: 'tcg', reason: 'a test guest ran with TCG' });
});

it('answers for this host within its time-out, then at once', async () => {
  const options = { stateDirectory, binary: 'qemu-system-x86_64', timeoutMs: 3_000 };
  const startedAt = Date.now();
  const first = await probeAcceleration(options);
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  expect(first.reason).toMatch(/^(a test guest ran with KVM$|KVM is not used: .)/);
  const again = Date.now();
  expect(await probeAcceleration(options)).toEqual(first);
  expect(Date.now() - again).toBeLessThan(100);
});

it('uses KVM when the test guest runs, and asks once per boot', async () => {
  const binary = await fakeBinary('exit 85');
  const found = await probeAcceleration({ stateDirectory, binary, device });
  expect(found).toEqual({ kind: 'kvm', reason: 'a test guest ran with KVM' });
  expect(await probeAcceleration({ stateDirectory, binary, device })).toEqual(found);
  expect(await calls()).toBe(1);

  // After a reboot, or with a damaged file, it asks again.
  const file = path.join(stateDirectory, 'acceleration.json');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/"bootId": "./, '"bootId": "-'));
  await probeAcceleration({ stateDirectory, binary, device });
  await writeFile(file, '{');
  await probeAcceleration({ stateDirectory, binary, device });
  expect(await calls()).toBe(3);
});

it('falls back to TCG, in plain words, when the guest hangs, fails, or KVM is out of reach', async () => {
  const hanging = await startProbeGuest({ stateDirectory, binary: await fakeBinary('sleep 60'), timeoutMs: 200 });
  expect(hanging.reason).toBe('KVM is not used: a test guest did not start within 0.2 s, though /dev/kvm is there');
  const failing = await startProbeGuest({ stateDirectory, binary: await fakeBinary('echo no KVM >&2; exit 1') });
  expect(failing.reason).toBe('KVM is not used: a test guest failed: no KVM');
  const none = await probeAcceleration({ stateDirectory, binary: 'x', device: path.join(stateDirectory, 'none') });
  expect(none.reason).toContain('there is no ');
  const closed = path.join(stateDirectory, 'closed');
  await writeFile(closed, '', { mode: 0o600 });
  const confined = await probeAcceleration({ stateDirectory, binary: 'x', device: closed, confined: true });
  expect(confined).toEqual({ kind: 'tcg', reason: expect.stringContaining('guests run as others') });
  expect([hanging.kind, failing.kind, none.kind]).toEqual(['tcg', 'tcg', 'tcg']);
});
