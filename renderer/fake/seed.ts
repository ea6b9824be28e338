// Example content for looking at the window: three ENVs in different states, a time line with a branch, images.
import type { Host, Image } from '@tt/protocol';
import { LIFETIME_DEFAULT_S, LIFETIME_MAX_S, TtError, toErrorRecord } from '@tt/protocol';
import { newEnv, newVm } from './make.ts';
import { addSnapshot, standOn } from './make-snapshot.ts';
import type { FakeWorld } from './world.ts';

export function fakeHost(): Host {
  return {
    id: 'host-1',
    name: 'workbench',
    version: '0.1.0',
    startedAt: minutesFromNow(-95),
    cpu: { total: 8, used: 0, limit: 32 },
    memory: { totalMiB: 16_384, usedMiB: 0 },
    disk: { totalMiB: 204_800, usedMiB: 0, freeMiB: 148_000 },
    runningVms: 0,
    engines: [
      {
        name: 'qemu',
        prefixes: ['qemu'],
        version: '8.2.2',
        features: ['vnc', 'serial', 'liveSnapshot'],
        acceleration: { kind: 'tcg', reason: '/dev/kvm is not there' },
        problem: null,
      },
    ],
    storage: 'qcow2',
    networks: [
      { kind: 'nat', problem: null },
      { kind: 'user', problem: null },
      { kind: 'flat', problem: 'no peer is configured' },
    ],
    firewall: 'nft+hostfwd',
    cgroups: { kind: 'v2', reason: '' },
    ports: { first: 40_000, last: 49_999, used: 0 },
    lifetime: { defaultS: LIFETIME_DEFAULT_S, maxS: LIFETIME_MAX_S },
    features: ['snapshots', 'screenshots'],
    setup: [
      { step: 'engine', state: 'done', detail: 'QEMU 8.2.2' },
      { step: 'acceleration', state: 'done', detail: 'TCG (no /dev/kvm)' },
      { step: 'image', state: 'done', detail: 'qemu:tiny-1:default' },
    ],
  };
}

export function seedImages(world: FakeWorld): void {
  const names: [string, Image['state'], number, number][] = [
    ['qemu:alpine-3.20:default', 'ready', 128, 512],
    ['qemu:centos-7.1:default', 'ready', 512, 8192],
    ['qemu:debian-12:default', 'ready', 256, 4096],
    ['qemu:debian-12:kernel-6.9', 'absent', 256, 4096],
    ['qemu:freebsd-14.1:default', 'failed', 256, 6144],
    ['qemu:tiny-1:default', 'ready', 64, 64],
    ['qemu:ubuntu-20.04:default', 'ready', 512, 8192],
    ['qemu:ubuntu-24.04:default', 'building', 512, 8192],
  ];
  for (const [name, state, minMemoryMiB, minDiskMiB] of names) {
    const [engine = '', os = '', variant = ''] = name.split(':');
    world.images.set(name, {
      name,
      kind: 'disk',
      engine,
      os,
      variant,
      state,
      problem:
        state === 'failed'
          ? toErrorRecord(
              new TtError('IMAGE_BUILD_FAILED', {
                imageName: name,
                step: 'fetching base.txz',
                reason: 'the connection was closed',
                advice: 'Check the network of the host, then build it again.',
              }),
            )
          : null,
      memo: os === 'tiny-1' ? 'Boots in two seconds; busybox, ssh' : '',
      sizeBytes: state === 'ready' ? minDiskMiB * 400_000 : 0,
      features: ['vnc', 'serial', 'ssh'],
      defaultLogin: { user: 'root', password: '' },
      minMemoryMiB,
      minDiskMiB,
      firmware: 'bios',
      owner: null,
      recipe: state === 'ready' ? null : { notRun: false, instructions: null },
      builtFrom: os === 'tiny-1' ? ['busybox=1.35', 'linux-image=6.1', 'dropbear=2022.83'] : [],
    });
  }
}

export function seedEnvs(world: FakeWorld): void {
  addEnv(world, 'checkout', 'Checkout regression', 172, [
    ['debian-12', 2, 1024],
    ['ubuntu-20.04', 2, 1024],
    ['centos-7.1', 1, 512],
    ['tiny-1', 1, 128],
  ]);
  addEnv(world, 'tiny', '', 48, [['tiny-1', 2, 128]]);
  addEnv(world, 'upgrade-path', 'From 2.4 to 3.0', 11, [
    ['debian-12', 1, 512],
    ['alpine-3.20', 1, 256],
  ]);
  addEnv(world, 'kernel-bisect', '', 3.6, [['alpine-3.20', 3, 256]]);
  const [failing] = world.vmsOf('upgrade-path');
  if (failing) {
    const logTail = [
      '[    2.104] EXT4-fs error (device vda1): bad block 8192',
      '[    2.107] Kernel panic - not syncing',
    ];
    const failure = toErrorRecord(new TtError('VM_DIED', { vmName: failing.name, reason: 'kernel panic', logTail }));
    world.putVm({ ...failing, state: 'failed', failure, runningSince: null });
  }
  for (const vm of world.vmsOf('kernel-bisect')) world.putVm({ ...vm, state: 'stopped', runningSince: null });
  addEnv(world, 'handover', 'Kept for the review', -25, [['debian-12', 2, 512]]);
  for (const vm of world.vmsOf('handover')) world.putVm({ ...vm, state: 'stopped', runningSince: null });
  const kept = world.envs.get('handover');
  if (kept) world.putEnv({ ...kept, endPolicy: 'snapshotThenStop', over: true });
  addSnapshot(world, { envName: 'handover', name: 'end-20261121' }, 'user', minutesFromNow(-25));
  const [watched, limited] = world.vmsOf('checkout');
  if (limited) {
    const nics = limited.nics.map((nic) => ({ ...nic, bandwidthMbps: 20 }));
    world.putVm({ ...limited, nics, blacklist: ['192.0.2.1', '198.51.100.0/24'] });
  }
  if (watched) world.putVm({ ...watched, viewers: 2 });
  seedTimeLine(world);
}

function seedTimeLine(world: FakeWorld): void {
  const envName = 'checkout';
  const clean = addSnapshot(world, { envName, name: 'clean', notes: 'Just booted' }, 'user', minutesFromNow(-58));
  const installed = addSnapshot(world, { envName, name: 'installed-2.4' }, 'user', minutesFromNow(-47));
  const [first] = world.vmsOf(envName);
  addSnapshot(
    world,
    { envName, name: 'before-fix', ...(first ? { vmIds: [first.id] } : {}) },
    'user',
    minutesFromNow(-40),
  );
  addSnapshot(world, { envName, name: 'safety-1432' }, 'safety', minutesFromNow(-31));
  standOn(world, envName, clean.id);
  addSnapshot(world, { envName, name: 'installed-3.0' }, 'user', minutesFromNow(-24));
  standOn(world, envName, installed.id);
  addSnapshot(world, { envName, name: 'config-migrated' }, 'user', minutesFromNow(-9));
}

function addEnv(
  world: FakeWorld,
  name: string,
  title: string,
  minutesLeft: number,
  systems: [string, number, number][],
) {
  const endAt = minutesFromNow(minutesLeft);
  const tags = name === 'checkout' ? ['nightly', 'release-3'] : [];
  const denyOutgoing = name === 'checkout';
  const startAt = minutesFromNow(-60);
  world.putEnv(newEnv(world, { name, title, owner: 'mei', tags, startAt, endAt, denyOutgoing }), 'env.created');
  for (const [os, copies, memoryMiB] of systems) {
    for (let number = 1; number <= copies; number++) {
      const ports = number === 1 && os !== 'tiny-1' ? [{ protocol: 'tcp' as const, guestPort: 80 }] : [];
      const vm = newVm(world, name, `${os}-${number}`, `qemu:${os}:default`, { memoryMiB, ports });
      world.putVm({ ...vm, state: 'running', runningSince: minutesFromNow(-59) }, 'vm.created');
    }
  }
}

function minutesFromNow(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}
