// A request becomes a list of VMs: names, sizes, ports; requests that cannot be met are refused before anything is created.
import type { Image, VmGroup } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { Engines } from '../../engines/engines.ts';
import { FakeEngine } from '../../engines/fake-engine.ts';
import { planVms } from './plan-vms.ts';
import { sizeOf } from '../../testing/vm-size.ts';

function image(name: string, about: Partial<Image> = {}): Image {
  const [engine = '', os = '', variant = ''] = name.split(':');
  return {
    name,
    kind: 'disk',
    engine,
    os,
    variant,
    state: 'ready',
    problem: null,
    memo: '',
    sizeBytes: 1,
    features: [],
    defaultLogin: null,
    minMemoryMiB: 96,
    minDiskMiB: 1024,
    firmware: 'bios',
    owner: null,
    recipe: null,
    builtFrom: [],
    warm: null,
    ...about,
  };
}

const images = [
  image('qemu:ubuntu-20.04:desktop', { minMemoryMiB: 512 }),
  image('qemu:tiny-2:default'),
  image('qemu:ubuntu-20.04:default'),
  image('qemu:Größe Ω_1:default'),
  image('qemu:fresh-1:default', { state: 'building' }),
  image('qemu:tiny-2:iso', { kind: 'iso' }),
  image('qemu:tiny-2:cloud', { state: 'absent' }),
  image('qemu:alpine-3.20:cloud', { state: 'absent' }),
];
const engines = new Engines([{ engine: new FakeEngine({ name: 'qemu' }), use: 'enabled' }]);
const plan = (...groups: VmGroup[]) =>
  planVms({ envName: 'demo', groups, images, engines, defaultNetKind: 'user', takenNames: new Set() });

describe('a plan', () => {
  it('has one VM of each image that matches, numbered by system over all groups, in the order of the names', () => {
    const vms = plan({ osPrefix: 'ubuntu2004', copies: 2 }, { osPrefix: 'tiny' }, { osPrefix: 'tiny', copies: 2 });
    expect(vms.map((vm) => [vm.name, vm.hostname, vm.image.variant])).toEqual([
      ['demo/ubuntu-20.04-1', 'ubuntu-20-04-1', 'default'],
      ['demo/ubuntu-20.04-2', 'ubuntu-20-04-2', 'default'],
      ['demo/ubuntu-20.04-3', 'ubuntu-20-04-3', 'desktop'],
      ['demo/ubuntu-20.04-4', 'ubuntu-20-04-4', 'desktop'],
      ['demo/tiny-2-1', 'tiny-2-1', 'default'],
      ['demo/tiny-2-2', 'tiny-2-2', 'default'],
      ['demo/tiny-2-3', 'tiny-2-3', 'default'],
    ]);
  });

  it('gives a group without a system an empty disk, named after its medium', () => {
    const [vm] = plan({ medium: 'qemu:debian-12-netinst:iso', firmware: 'uefi' });
    expect(vm).toMatchObject({
      name: 'demo/debian-12-netinst-1',
      image: { name: '' },
      spec: {
        memoryMiB: 1024,
        disks: [{ name: 'disk0', sizeMiB: 8192 }],
        cds: [{ medium: 'qemu:debian-12-netinst:iso' }, { medium: null }],
        firmware: 'uefi',
        bootFrom: 'disk',
        rtcBase: 'utc',
        guestHelper: 'on',
      },
      cloudInit: null,
    });
    expect(plan({ diskMiB: 64, memoryMiB: 96 })[0]).toMatchObject({
      name: 'demo/empty-1',
      spec: { memoryMiB: 96, disks: [{ sizeMiB: 64 }] },
    });
  });

  it('gives the host name that was asked for, with numbers where several get it', () => {
    const names = (copies: number) =>
      plan({ osPrefix: 'tiny', copies, cloudInit: { hostname: 'Web' } }).map(({ hostname }) => hostname);
    expect([names(1), names(2)]).toEqual([['Web'], ['web-1', 'web-2']]);
  });

  it('leaves out media, and recipes nobody has built unless nothing else matches', () => {
    expect(plan({ osPrefix: 'tiny' }).map((vm) => vm.image.name)).toEqual(['qemu:tiny-2:default']);
    expect(() => plan({ osPrefix: 'alpine' })).toThrow(
      expect.objectContaining({
        code: 'IMAGE_NOT_READY',
        data: { imageName: 'qemu:alpine-3.20:cloud', state: 'absent' },
      }),
    );
  });

  it('gives what was asked for, else what the image needs, at least 128 MiB', () => {
    const resources = [
      plan({ osPrefix: 'tiny' }),
      plan({ osPrefix: 'qemu:ubuntu-20.04:desktop' }),
      plan({ osPrefix: 'tiny', cpuCount: 4, memoryMiB: 96, diskMiB: 2048 }),
    ].map(([vm]) => vm && sizeOf(vm));
    expect(resources).toEqual([
      { cpuCount: 1, memoryMiB: 128, diskMiB: 1024 },
      { cpuCount: 1, memoryMiB: 512, diskMiB: 1024 },
      { cpuCount: 4, memoryMiB: 96, diskMiB: 2048 },
    ]);
  });

  it('forwards ssh always, the others besides it, each once', () => {
    const ports = [80, 22, 53, 80].map((guestPort) => ({ protocol: 'tcp' as const, guestPort }));
    const [vm] = plan({ osPrefix: 'tiny', ports: [...ports, { protocol: 'udp', guestPort: 53 }] });
    expect(vm?.spec.ports.map(({ protocol, guestPort }) => `${guestPort}/${protocol}`)).toEqual([
      '22/tcp',
      '53/tcp',
      '53/udp',
      '80/tcp',
    ]);
  });

  it('has host names that every guest takes (RFC 1123)', () => {
    const long = image(`qemu:${'x'.repeat(80)}.1:default`);
    const odd = image('qemu:中文:default');
    const names = planVms({
      envName: 'demo',
      groups: [{ osPrefix: 'qemu' }],
      images: [long, odd, ...images.slice(0, 4)],
      engines,
      defaultNetKind: 'user',
      takenNames: new Set(),
    }).map((vm) => vm.hostname);
    expect(names.filter((name) => !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))).toEqual([]);
  });
});

describe('a request that can’t be met', () => {
  it.each([
    [{ osPrefix: 'tinny' }, 'IMAGE_NOT_FOUND', { wanted: 'tinny', suggestions: ['qemu:tiny-2:default'] }],
    [{ osPrefix: 'fresh' }, 'IMAGE_NOT_READY', { imageName: 'qemu:fresh-1:default', state: 'building' }],
    [
      { osPrefix: 'tiny', memoryMiB: 95 },
      'MEMORY_TOO_SMALL',
      { imageName: 'qemu:tiny-2:default', minMiB: 96, wantedMiB: 95 },
    ],
    [
      { osPrefix: 'tiny', diskMiB: 1023 },
      'DISK_TOO_SMALL',
      { imageName: 'qemu:tiny-2:default', minMiB: 1024, wantedMiB: 1023 },
    ],
  ])('%o is refused with %s', (group, code, data) => {
    const request = () => plan({ osPrefix: 'tiny' }, group);
    if (code === 'IMAGE_NOT_FOUND') {
      expect(request).toThrow(
        expect.objectContaining({
          code,
          data: { ...data, suggestions: expect.arrayContaining(['qemu:tiny-2:default']) },
        }),
      );
    } else expect(request).toThrow(expect.objectContaining({ code, data }));
  });
});
