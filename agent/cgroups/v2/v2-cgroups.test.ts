// The v2 driver on a kernel in memory: the contract, the limits it writes, and every place in the hierarchy the agent can be in.
import { describe, expect, it } from 'vitest';
import { describeCgroupsContract } from '../cgroups.contract.ts';
import type { VmLimits } from '../interface.ts';
import { TestKernel, type TestKernelOptions } from './test-kernel.ts';
import { V2Cgroups } from './v2-cgroups.ts';

const MOUNT = '/cg';
const ALL = ['cpuset', 'cpu', 'io', 'memory', 'pids'];
const LIMITS: VmLimits = { cpuCount: 2, memoryMiB: 512 };
/** 512 + 256 + 512/64 MiB. */
const LIMIT_BYTES = 776 * 1024 * 1024;

function makeKernel(options: Partial<TestKernelOptions> = {}): TestKernel {
  return new TestKernel({ mountPoint: MOUNT, controllers: ALL, ...options });
}

function makeCgroups(kernel: TestKernel, ownPath: string, agentTag = '00aa', needLimits = true): V2Cgroups {
  const mount = { mountPoint: MOUNT, root: '/' };
  return new V2Cgroups({ agentTag, mount, ownPath, needLimits, files: kernel, processes: kernel });
}

for (const [name, options] of [
  ['v2 (kernel in memory)', {}],
  ['v2 (kernel in memory, without cgroup.kill and swap)', { withoutKillFile: true, withoutSwap: true }],
  ['v2 (kernel in memory, without controllers)', { controllers: ['cpuset'] }],
] as const) {
  describeCgroupsContract(name, async () => {
    const kernel = makeKernel(options);
    kernel.given(`${MOUNT}/system.slice/tt.service`);
    const needLimits = !('controllers' in options);
    const make = (tag: string) => makeCgroups(kernel, '/system.slice/tt.service', tag, needLimits);
    return {
      cgroups: make('00aa'),
      reopen: () => make('00aa'),
      otherAgent: () => make('00bb'),
      outlivesAgent: true,
      missingFeatures: needLimits ? [] : ['cpuLimit', 'memoryLimit'],
      startProcess: async (kind) => kernel.start(`${MOUNT}/system.slice/tt.service`, kind),
      isRunning: (process) => kernel.isRunning(process),
      killForMemory: needLimits ? async (vmId) => kernel.killForMemory(`${MOUNT}/tt-00aa/${vmId}`, 'group') : null,
      remove: async () => {
        const left = [MOUNT, `${MOUNT}/system.slice`, `${MOUNT}/system.slice/tt.service`];
        expect(kernel.groups()).toEqual(left);
      },
    };
  });
}

describe('limits of v2', () => {
  it('are written with what QEMU needs itself, without swap, and changed by update', async () => {
    const kernel = makeKernel();
    const cgroups = makeCgroups(kernel, '/');
    await cgroups.init();
    await cgroups.create('vm1', LIMITS);
    const read = (file: string) => kernel.read(`${MOUNT}/tt-00aa/vm1/${file}`).trim();
    expect([read('cpu.max'), read('memory.max'), read('memory.swap.max'), read('memory.oom.group')]).toEqual([
      '200000 100000',
      String(LIMIT_BYTES),
      '0',
      '1',
    ]);
    expect(Number(read('pids.max'))).toBeGreaterThan(128);
    await cgroups.update('vm1', { cpuCount: 1, memoryMiB: 1024 });
    expect([read('cpu.max'), read('memory.max')]).toEqual(['100000 100000', String(1296 * 1024 * 1024)]);
  });

  it('leave room for files that are kept in memory', async () => {
    const kernel = makeKernel();
    const mount = { mountPoint: MOUNT, root: '/' };
    const fileBytes = 100 * 1024 * 1024;
    const parts = { agentTag: '00aa', mount, ownPath: '/', files: kernel, processes: kernel, fileBytes };
    const cgroups = new V2Cgroups(parts);
    await cgroups.init();
    await cgroups.create('vm1', LIMITS);
    expect(kernel.read(`${MOUNT}/tt-00aa/vm1/memory.max`)).toBe(`${LIMIT_BYTES + fileBytes}\n`);
  });

  it('are told apart from a host without memory', async () => {
    const kernel = makeKernel();
    const cgroups = makeCgroups(kernel, '/');
    await cgroups.init();
    await cgroups.create('vm1', LIMITS);
    await cgroups.add('vm1', kernel.start(MOUNT, 'idle'));
    kernel.killForMemory(`${MOUNT}/tt-00aa/vm1`, 'host');
    expect(await cgroups.memoryKill('vm1')).toEqual({ cause: 'host', limitMiB: 776 });
  });

  it('are never set below what is in use, page cache aside: the kernel would kill', async () => {
    const kernel = makeKernel();
    const cgroups = makeCgroups(kernel, '/');
    await cgroups.init();
    await cgroups.create('vm1', { cpuCount: 1, memoryMiB: 2048 });
    const process = kernel.start(MOUNT, 'idle', LIMIT_BYTES + 1);
    await cgroups.add('vm1', process);
    await expect(cgroups.update('vm1', LIMITS)).rejects.toMatchObject({ code: 'LIMIT_BELOW_USE' });
    await expect(cgroups.create('vm1', LIMITS)).rejects.toMatchObject({ code: 'LIMIT_BELOW_USE' });
    expect(await kernel.isRunning(process)).toBe(true);
    expect(kernel.read(`${MOUNT}/tt-00aa/vm1/cpu.max`)).toBe('100000 100000\n');
    expect((await cgroups.usage('vm1')).memoryBytes).toBe(LIMIT_BYTES + 1);
  });

  it('that could not be set leave no group', async () => {
    const kernel = makeKernel();
    const cgroups = makeCgroups(kernel, '/');
    await cgroups.init();
    kernel.beforeWrite = (file) => {
      if (file.endsWith('/cpu.max')) throw Object.assign(new Error('EINVAL: write'), { code: 'EINVAL' });
    };
    await expect(cgroups.create('vm1', LIMITS)).rejects.toMatchObject({ code: 'CGROUP_FAILED' });
    expect(kernel.groups()).toEqual([MOUNT]);
  });
});

describe('the place of v2', () => {
  /** Makes a group and says where it came to be. */
  async function placeOf(kernel: TestKernel, ownPath: string): Promise<string> {
    const cgroups = makeCgroups(kernel, ownPath);
    await cgroups.init();
    await cgroups.create('vm1', LIMITS);
    const found = kernel.groups().find((group) => group.endsWith('/vm1')) ?? '';
    expect(kernel.read(`${found}/memory.max`)).toBe(`${LIMIT_BYTES}\n`);
    expect(cgroups.reason).toMatchObject({ code: 'cgroupControllersIn', data: { controllers: 'cpu, memory, pids' } });
    return found;
  }

  it('is the root of the hierarchy for root, so that a unit can start again beside living VMs', async () => {
    const kernel = makeKernel();
    kernel.given(`${MOUNT}/system.slice/tt.service`);
    const agent = kernel.start(`${MOUNT}/system.slice/tt.service`, 'idle');
    expect(await placeOf(kernel, '/system.slice/tt.service')).toBe(`${MOUNT}/tt-00aa/vm1`);
    expect(kernel.groupOf(agent)).toBe(`${MOUNT}/system.slice/tt.service`);
  });

  it('is the unit when systemd put the agent into a leaf of it (DelegateSubgroup=agent)', async () => {
    const kernel = makeKernel();
    const unit = `${MOUNT}/system.slice/tt.service`;
    kernel.given(`${unit}/agent`);
    kernel.start(`${unit}/agent`, 'idle');
    expect(await placeOf(kernel, '/system.slice/tt.service/agent')).toBe(`${unit}/tt-00aa/vm1`);
  });

  it('is the agent’s own delegated group for an ordinary user, who moves into a leaf of it', async () => {
    const unit = `${MOUNT}/user.slice/user-1000.slice/user@1000.service/app.slice/tt.service`;
    const kernel = makeKernel({ writableBelow: unit });
    kernel.given(unit);
    const processes = [kernel.start(unit, 'idle'), kernel.start(unit, 'idle')];
    expect(await placeOf(kernel, unit.slice(MOUNT.length))).toBe(`${unit}/tt-00aa/vm1`);
    expect(processes.map((process) => kernel.groupOf(process))).toEqual([`${unit}/agent`, `${unit}/agent`]);
    // After its restart it is found there, and nothing needs to move again.
    const again = makeCgroups(kernel, `${unit.slice(MOUNT.length)}/agent`);
    await again.init();
    expect(await again.list()).toEqual(['vm1']);
  });

  it('is a delegated group also right below the root', async () => {
    const kernel = makeKernel({ writableBelow: `${MOUNT}/tt` });
    kernel.given(`${MOUNT}/tt`);
    const agent = kernel.start(`${MOUNT}/tt`, 'idle');
    expect(await placeOf(kernel, '/tt')).toBe(`${MOUNT}/tt/tt-00aa/vm1`);
    expect(kernel.groupOf(agent)).toBe(`${MOUNT}/tt/agent`);
  });

  it('is the root of a container, which is not the real one', async () => {
    const kernel = makeKernel({ container: true });
    const entry = kernel.start(MOUNT, 'idle');
    expect(await placeOf(kernel, '/')).toBe(`${MOUNT}/tt-00aa/vm1`);
    expect(kernel.groupOf(entry)).toBe(`${MOUNT}/agent`);
  });

  it('copes with processes that fork or end while they are moved out of the way', async () => {
    const kernel = makeKernel({ container: true });
    const first = kernel.start(MOUNT, 'idle');
    const second = kernel.start(MOUNT, 'idle');
    let disturbed = false;
    kernel.beforeWrite = (file) => {
      if (disturbed || !file.endsWith('/agent/cgroup.procs')) return;
      disturbed = true;
      kernel.start(MOUNT, 'idle');
      throw Object.assign(new Error('ESRCH: write'), { code: 'ESRCH' });
    };
    expect(await placeOf(kernel, '/')).toBe(`${MOUNT}/tt-00aa/vm1`);
    expect([first, second].map((process) => kernel.groupOf(process))).toEqual([`${MOUNT}/agent`, `${MOUNT}/agent`]);
  });

  it('is nowhere without controllers, without rights, or outside of what is mounted', async () => {
    const bare = makeKernel({ controllers: ['cpu', 'pids'] });
    await expect(makeCgroups(bare, '/').init()).rejects.toMatchObject({
      code: 'NO_CONTROLLERS',
      message: expect.stringContaining('no memory controller in /cg'),
    });
    const strange = makeKernel({ writableBelow: '/elsewhere' });
    strange.given(`${MOUNT}/session.scope`);
    strange.start(`${MOUNT}/session.scope`, 'idle');
    await expect(makeCgroups(strange, '/session.scope').init()).rejects.toMatchObject({ code: 'NO_PERMISSION' });
    const outside = new V2Cgroups({
      agentTag: '00aa',
      mount: { mountPoint: MOUNT, root: '/docker/x' },
      ownPath: '/system.slice',
      files: makeKernel({ container: true }),
    });
    await expect(outside.init()).rejects.toMatchObject({ code: 'NO_CONTROLLERS' });
  });
});
