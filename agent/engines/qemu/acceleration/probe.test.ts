// The acceleration probe with stand-ins for QEMU: a good KVM, one that is slow, hangs or fails, what is remembered and for how
// long, and what happens when a better test becomes possible.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccelerationChoice } from './choice.ts';
import { markKvmAsBad, type ProbeOptions, probeAcceleration } from './probe.ts';
import { type FakeBehaviour, FakeQemu, GOOD, SLOW_TCG } from './test-fake-qemu.ts';

let folder: string;
let qemu: FakeQemu;
let options: ProbeOptions;
const GOOD_KVM: FakeBehaviour = { tcg: SLOW_TCG, kvm: GOOD };
/** As an imitation of KVM: boot sectors end, late; kernels do not. */
const IMITATION: FakeBehaviour = {
  tcg: SLOW_TCG,
  kvm: 'if [ $test = linux ]; then exec sleep 60; else exit $mark; fi',
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-acceleration-'));
  qemu = await FakeQemu.make(folder, GOOD_KVM);
  options = {
    stateDirectory: path.join(folder, 'engine'),
    binary: qemu.binary,
    testKernel: path.join(folder, 'vmlinuz'),
    // Stands for a /dev/kvm that opens.
    device: '/dev/null',
  };
});
afterEach(() => rm(folder, { recursive: true }));

const buildKernel = () => writeFile(path.join(folder, 'vmlinuz'), 'a kernel');
const probe = (change: Partial<ProbeOptions> = {}) => probeAcceleration({ ...options, ...change });
const file = () => path.join(folder, 'engine', 'acceleration.json');
const edit = async (pattern: RegExp, text: string) => {
  const before = await readFile(file(), 'utf8');
  const after = before.replace(pattern, text);
  expect(after).not.toBe(before);
  await writeFile(file(), after);
};

describe('the verdict', () => {
  it('is KVM when the test guest ends well before TCG does', async () => {
    await buildKernel();
    expect(await probe()).toEqual({
      kind: 'kvm',
      reason: expect.stringMatching(/^a Linux kernel reached user space with KVM in 0\.\d\d s \(TCG: \d\.\d+ s\)$/),
    });
    expect(await qemu.calls()).toEqual(['linux tcg', 'linux kvm']);
  });

  it('is TCG when the guest hangs with KVM, after no more than the time TCG takes', async () => {
    await qemu.become({ tcg: SLOW_TCG, kvm: 'exec sleep 60' });
    const startedAt = performance.now();
    expect(await probe()).toEqual({
      kind: 'tcg',
      reason: expect.stringMatching(
        /^KVM is not used: it did not run a 64-bit test guest within 0\.\d\d s, though \/dev\/kvm is there \(TCG: 0/,
      ),
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(await qemu.calls()).toEqual(['long-mode tcg', 'long-mode kvm']);
  });

  it('is TCG when KVM is hardly faster, and asks twice before it says so', async () => {
    await qemu.become({ tcg: 'sleep 1.6; exit $mark', kvm: 'sleep 1.1; exit $mark' });
    expect(await probe()).toEqual({ kind: 'tcg', reason: expect.stringContaining('too slow for a KVM that runs on') });
    expect(await qemu.calls()).toHaveLength(4);
  });

  it('is KVM when only one slow moment was in the way', async () => {
    const slowOnce = `if mkdir '${folder}/slow' 2>/dev/null; then sleep 1.1; fi; exit $mark`;
    await qemu.become({ tcg: 'sleep 1.6; exit $mark', kvm: slowOnce });
    expect(await probe()).toMatchObject({ kind: 'kvm' });
    expect(await qemu.calls()).toHaveLength(4);
  });

  it('is TCG when the guest ends without its mark, with what QEMU said', async () => {
    await qemu.become({ tcg: SLOW_TCG, kvm: 'echo "KVM internal error" >&2; exit 1' });
    expect((await probe()).reason).toMatch(
      /^KVM is not used: it did not run a 64-bit test guest: KVM internal error \(/,
    );
    await rm(file());
    // As a kernel that panics and reboots: QEMU ends well, and nobody saw the mark.
    await qemu.become({ tcg: SLOW_TCG, kvm: 'exit 0' });
    expect((await probe()).reason).toContain('QEMU exited with status 0');
  });

  it('is KVM where QEMU has no TCG to compare with', async () => {
    await qemu.become({ tcg: 'echo "no TCG here" >&2; exit 1', kvm: GOOD });
    expect(await probe()).toEqual({ kind: 'kvm', reason: expect.stringContaining('TCG failed: no TCG here') });
  });

  it('is TCG, at once and unremembered, where /dev/kvm can’t be used', async () => {
    const none = await probe({ device: path.join(folder, 'none') });
    expect(none).toEqual({ kind: 'tcg', reason: expect.stringContaining('there is no ') });
    const closed = path.join(folder, 'closed');
    await writeFile(closed, '', { mode: 0o600 });
    const confined = await probe({ device: closed, confined: true });
    expect(confined).toEqual({ kind: 'tcg', reason: expect.stringContaining('guests run as others') });
    // There, but it does not open: a folder stands for a device without its module.
    const dead = await probe({ device: folder });
    expect(dead).toEqual({ kind: 'tcg', reason: expect.stringContaining('no KVM answers behind it (EISDIR)') });
    expect(await qemu.calls()).toEqual([]);
  });
});

describe('the answer', () => {
  it('is remembered with what it was measured by', async () => {
    const found = await probe();
    expect(await probe()).toEqual(found);
    expect(await qemu.calls()).toEqual(['long-mode tcg', 'long-mode kvm']);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      kind: 'kvm',
      measured: { test: 'long-mode', kvmMs: expect.any(Number), tcgMs: expect.any(Number) },
      host: { kernelRelease: expect.any(String), qemu: { path: qemu.binary } },
      mark: null,
    });
  });

  it.each([
    ['a reboot', /"bootId": "./, '"bootId": "-'],
    ['another kernel of the host', /"kernelRelease": "./, '"kernelRelease": "-'],
    ['damage', /^\{/, ''],
  ])('is found out again after %s', async (_what, pattern, text) => {
    await probe();
    await qemu.calls();
    await edit(pattern, text);
    await probe();
    expect(await qemu.calls()).toEqual(['long-mode tcg', 'long-mode kvm']);
  });

  it('changes both ways with an update of QEMU', async () => {
    expect(await probe()).toMatchObject({ kind: 'kvm' });
    await qemu.become({ tcg: SLOW_TCG, kvm: 'exec sleep 60' });
    expect(await probe()).toMatchObject({ kind: 'tcg' });
    await qemu.become(GOOD_KVM);
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });

  it('is found out again with a kernel as soon as there is one, and then stays', async () => {
    await qemu.become(IMITATION);
    expect(await probe()).toMatchObject({ kind: 'kvm', reason: expect.stringContaining('64-bit test guest') });
    await buildKernel();
    const found = await probe();
    expect(found).toEqual({
      kind: 'tcg',
      reason: expect.stringContaining('did not bring a Linux kernel to user space'),
    });
    expect(await qemu.calls()).toEqual(['long-mode tcg', 'long-mode kvm', 'linux tcg', 'linux kvm']);
    // The image may go again: what its kernel showed stays true.
    await rm(path.join(folder, 'vmlinuz'));
    expect(await probe()).toEqual(found);
    expect(await qemu.calls()).toEqual([]);
  });

  it('is TCG after a guest’s trouble, over reboots and whatever test there is, until QEMU is another one', async () => {
    await probe();
    await markKvmAsBad(options.stateDirectory, 'demo/alpine-1 showed no sign of life');
    const marked = { kind: 'tcg', reason: 'KVM is not used: demo/alpine-1 showed no sign of life' };
    await edit(/"bootId": "./, '"bootId": "-');
    await buildKernel();
    expect(await probe()).toEqual(marked);
    await qemu.become(GOOD_KVM);
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });
});

describe('the choice', () => {
  it('asks once for all who start at the same time, and tells when it changes', async () => {
    await qemu.become(IMITATION);
    const choice = new AccelerationChoice('auto', options);
    const told: string[] = [];
    choice.onChange(({ kind }) => told.push(kind));
    await Promise.all([choice.settle(), choice.settle()]);
    expect(choice.current).toMatchObject({ kind: 'kvm' });
    await buildKernel();
    await Promise.all([choice.settle(), choice.settle()]);
    expect([choice.current?.kind, told]).toEqual(['tcg', ['tcg']]);
    expect(await qemu.calls()).toHaveLength(4);
  });

  it('trusts KVM no more once told so, also in the next agent', async () => {
    const choice = new AccelerationChoice('auto', options);
    await choice.settle();
    await choice.distrustKvm('a guest hung');
    const bad = { kind: 'tcg', reason: 'KVM is not used: a guest hung' };
    expect([choice.current, await choice.settle(), await probe()]).toEqual([bad, bad, bad]);
  });

  it('is what the configuration says, untested', async () => {
    for (const kind of ['kvm', 'tcg'] as const) {
      const choice = new AccelerationChoice(kind, options);
      expect(await choice.settle()).toEqual({ kind, reason: `${kind.toUpperCase()} is set in the configuration` });
      await choice.distrustKvm('a guest hung');
      expect(choice.current?.kind).toBe(kind);
    }
    expect(await qemu.calls()).toEqual([]);
  });

  it('goes on with what was found when QEMU is gone for a moment', async () => {
    const choice = new AccelerationChoice('auto', options);
    const found = await choice.settle();
    await rm(qemu.binary);
    expect(await choice.settle()).toEqual(found);
    await expect(new AccelerationChoice('auto', options).settle()).rejects.toMatchObject({ notFound: true });
  });
});
