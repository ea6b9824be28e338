// The acceleration probe with stand-ins for QEMU: a KVM that works, is slow, hangs or fails; what is cached and for how long;
// and what happens when a better test becomes possible.
import { quoted, reason } from '@tt/protocol';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccelerationChoice } from './choice.ts';
import { markKvmAsBad, type ProbeOptions, probeAcceleration } from './probe.ts';
import { GOOD_KVM, HANGING_KVM, IMITATION, ScriptedRuns, writeFakeQemu } from './test-fake-qemu.ts';

let folder: string;
let runs: ScriptedRuns;
let options: ProbeOptions;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-acceleration-'));
  runs = new ScriptedRuns();
  options = {
    stateDirectory: path.join(folder, 'engine'),
    binary: path.join(folder, 'qemu'),
    testKernel: path.join(folder, 'vmlinuz'),
    // Stands for a /dev/kvm that opens.
    device: '/dev/null',
    measure: runs.measure,
  };
  await updateQemu('7.2');
});
afterEach(() => rm(folder, { recursive: true }));

const updateQemu = (version: string) => writeFile(path.join(folder, 'qemu'), `# ${version}\n`, { mode: 0o755 });
const buildKernel = () => writeFile(path.join(folder, 'vmlinuz'), 'a kernel');
const probe = (change: Partial<ProbeOptions> = {}) => probeAcceleration({ ...options, ...change });
const file = () => path.join(folder, 'engine', 'acceleration.json');
const edit = async (pattern: RegExp, text: string) => {
  const before = await readFile(file(), 'utf8');
  const after = before.replace(pattern, text);
  expect(after).not.toBe(before);
  await writeFile(file(), after);
};
const silent = reason('kvmBlamedSilent', { vmName: 'demo/alpine-1' });
const BOTH = ['long-mode tcg', 'long-mode kvm'];

describe('the verdict', () => {
  it('is KVM when the test guest ends well before TCG does', async () => {
    await buildKernel();
    expect(await probe()).toEqual({
      kind: 'kvm',
      reason: reason('kvmGoodLinux', { kvmS: '0.70', tcgS: '3.0' }),
    });
    expect(runs.taken()).toEqual(['linux tcg', 'linux kvm']);
  });

  it('is TCG when the guest has not ended with KVM in the time TCG takes', async () => {
    runs.times = HANGING_KVM;
    expect(await probe()).toEqual({
      kind: 'tcg',
      reason: reason('kvmLateLongMode', { limitS: '0.90', tcgS: '0.90' }),
    });
    expect(runs.taken()).toEqual(BOTH);
  });

  it('is TCG above the ceiling, on however slow a machine', async () => {
    runs.times = { ...GOOD_KVM, 'long-mode tcg': 20_000, 'long-mode kvm': 4_300 };
    expect(await probe()).toEqual({ kind: 'tcg', reason: reason('kvmLateLongMode', { limitS: '3.0', tcgS: '20.0' }) });
  });

  it('is the same on a machine that is five times as slow', async () => {
    runs.times = { ...GOOD_KVM, 'long-mode tcg': 4_500, 'long-mode kvm': 1_000 };
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });

  it('is TCG when KVM is hardly faster, and asks twice before it says so', async () => {
    runs.times = { ...GOOD_KVM, 'long-mode kvm': 700 };
    expect(await probe()).toEqual({ kind: 'tcg', reason: reason('kvmSlowLongMode', { kvmS: '0.70', tcgS: '0.90' }) });
    expect(runs.taken()).toEqual([...BOTH, ...BOTH]);
  });

  it('is KVM when only one slow moment was in the way', async () => {
    runs.times = { ...GOOD_KVM, 'long-mode kvm': [700, 200] };
    expect(await probe()).toMatchObject({ kind: 'kvm' });
    expect(runs.taken()).toEqual([...BOTH, ...BOTH]);
  });

  it('is TCG, at once and unremembered, where /dev/kvm can’t be used', async () => {
    const none = await probe({ device: path.join(folder, 'none') });
    expect(none).toEqual({ kind: 'tcg', reason: reason('kvmMissing', { device: path.join(folder, 'none') }) });
    const closed = path.join(folder, 'closed');
    await writeFile(closed, '', { mode: 0o600 });
    const confined = await probe({ device: closed, confined: true });
    expect(confined).toEqual({ kind: 'tcg', reason: reason('kvmRootOnly', { device: closed }) });
    // There, but it does not open: a folder stands for a device without its module.
    const dead = await probe({ device: folder });
    expect(dead).toEqual({ kind: 'tcg', reason: reason('kvmDead', { device: folder, errno: 'EISDIR' }) });
    expect(runs.taken()).toEqual([]);
  });
});

describe('a QEMU', () => {
  const probeWith = async (kvm: string, tcg: string) => {
    await rm(file(), { force: true });
    await writeFakeQemu(path.join(folder, 'qemu'), kvm, tcg);
    const { measure: _scripted, ...real } = options;
    return probeAcceleration(real);
  };
  const SLOW_TCG = 'sleep 1; exit $mark';

  it('that is quick with KVM gets it', async () => {
    expect(await probeWith('exit $mark', SLOW_TCG)).toMatchObject({ kind: 'kvm' });
  });

  it('that hangs with KVM is killed', async () => {
    const found = await probeWith(`echo $$ > '${folder}/pid'; exec sleep 600`, SLOW_TCG);
    expect(found).toMatchObject({ kind: 'tcg', reason: { code: 'kvmLateLongMode' } });
    const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('that ends without the mark does not', async () => {
    const said = await probeWith('echo "KVM internal error" >&2; exit 1', SLOW_TCG);
    expect(said.reason).toEqual(quoted('kvmFailedLongMode', 'KVM internal error'));
    // As a kernel that panics and reboots: QEMU ends well, and nobody saw the mark.
    expect((await probeWith('exit 0', SLOW_TCG)).reason.quote).toContain('QEMU exited with status 0');
  });

  it('that has no TCG to compare with is judged by the ceiling', async () => {
    expect(await probeWith('exit $mark', 'echo "no TCG here" >&2; exit 1')).toMatchObject({
      kind: 'kvm',
      reason: { code: 'kvmGoodAlone', quote: 'no TCG here' },
    });
  });
});

describe('the answer', () => {
  it('is remembered with what it was measured by', async () => {
    const found = await probe();
    expect(await probe()).toEqual(found);
    expect(runs.taken()).toEqual(BOTH);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({
      kind: 'kvm',
      measured: { test: 'long-mode', kvmMs: 200, tcgMs: 900 },
      host: { kernelRelease: expect.any(String), qemu: { path: options.binary } },
      mark: null,
    });
  });

  it.each([
    ['a reboot', /"bootId": "./, '"bootId": "-'],
    ['another kernel of the host', /"kernelRelease": "./, '"kernelRelease": "-'],
    ['damage', /^\{/, ''],
  ])('is found out again after %s', async (_what, pattern, text) => {
    await probe();
    await edit(pattern, text);
    await probe();
    expect(runs.taken()).toEqual([...BOTH, ...BOTH]);
  });

  it('changes both ways with an update of QEMU', async () => {
    expect(await probe()).toMatchObject({ kind: 'kvm' });
    runs.times = HANGING_KVM;
    expect(await probe()).toMatchObject({ kind: 'kvm' });
    await updateQemu('10.0.1');
    expect(await probe()).toMatchObject({ kind: 'tcg' });
    runs.times = GOOD_KVM;
    expect(await probe()).toMatchObject({ kind: 'tcg' });
    await updateQemu('10.0');
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });

  it('is found out again with a kernel as soon as there is one, and then stays', async () => {
    runs.times = IMITATION;
    expect(await probe()).toMatchObject({ kind: 'kvm', reason: { code: 'kvmGoodLongMode' } });
    await buildKernel();
    const found = await probe();
    expect(found).toMatchObject({
      kind: 'tcg',
      reason: { code: 'kvmLateLinux' },
    });
    expect(runs.taken()).toEqual([...BOTH, 'linux tcg', 'linux kvm']);
    // The image may go again: what its kernel showed stays true.
    await rm(path.join(folder, 'vmlinuz'));
    expect(await probe()).toEqual(found);
    expect(runs.taken()).toEqual([]);
  });

  it('turns to KVM when the kernel shows that it is good', async () => {
    runs.times = { ...GOOD_KVM, 'long-mode kvm': 'hangs' };
    expect(await probe()).toMatchObject({ kind: 'tcg' });
    await buildKernel();
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });

  it('is TCG after a guest’s trouble, over reboots and whatever test there is, until QEMU is another one', async () => {
    await probe();
    await markKvmAsBad(options.stateDirectory, silent);
    const marked = { kind: 'tcg', reason: silent };
    await edit(/"bootId": "./, '"bootId": "-');
    await buildKernel();
    expect(await probe()).toEqual(marked);
    await updateQemu('10.0');
    expect(await probe()).toMatchObject({ kind: 'kvm' });
  });
});

it('of an older TT, whose reason is a text, is still believed', async () => {
  const found = await probe();
  expect(found.kind).toBe('kvm');
  await edit(/"reason": \{[^}]*\{[^}]*\}[^}]*\}/, '"reason": "it ran"');
  expect(await probe()).toEqual({ kind: 'kvm', reason: quoted('reported', 'it ran') });
  expect(runs.taken()).toEqual(BOTH);
});

describe('the choice', () => {
  it('asks once for all who start at the same time, and tells when it changes', async () => {
    runs.times = IMITATION;
    const choice = new AccelerationChoice('auto', options);
    const told: string[] = [];
    choice.onChange(({ kind }) => told.push(kind));
    await Promise.all([choice.settle(), choice.settle()]);
    expect(choice.current).toMatchObject({ kind: 'kvm' });
    await buildKernel();
    await Promise.all([choice.settle(), choice.settle()]);
    expect([choice.current?.kind, told]).toEqual(['tcg', ['tcg']]);
    expect(runs.taken()).toHaveLength(4);
  });

  it('trusts KVM no more once told so, also in the next agent', async () => {
    const choice = new AccelerationChoice('auto', options);
    await choice.settle();
    await choice.distrustKvm(silent);
    const bad = { kind: 'tcg', reason: silent };
    expect([choice.current, await choice.settle(), await probe()]).toEqual([bad, bad, bad]);
  });

  it('is what the configuration says, untested', async () => {
    for (const kind of ['kvm', 'tcg'] as const) {
      const choice = new AccelerationChoice(kind, options);
      expect(await choice.settle()).toEqual({
        kind,
        reason: reason('accelerationConfigured', { acceleration: kind.toUpperCase() }),
      });
      await choice.distrustKvm(silent);
      expect(choice.current?.kind).toBe(kind);
    }
    expect(runs.taken()).toEqual([]);
  });

  it('goes on with what was found when QEMU is gone for a moment', async () => {
    const { measure: _scripted, ...real } = options;
    await writeFakeQemu(options.binary, 'exit $mark', 'sleep 1; exit $mark');
    const choice = new AccelerationChoice('auto', real);
    const found = await choice.settle();
    await rm(options.binary);
    expect(await choice.settle()).toEqual(found);
    await expect(new AccelerationChoice('auto', real).settle()).rejects.toMatchObject({ notFound: true });
  });
});
