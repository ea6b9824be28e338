// Golden text of QEMU's command line: a change here changes every guest, and may prevent saved states from loading.
import { expect, it } from 'vitest';
import type { VmSpec } from '../interface.ts';
import { commandLine, qmpArguments } from './command-line.ts';

const spec: VmSpec = {
  id: 'vm1',
  name: 'shop/debian-1',
  uuid: '6c9b1f0e-7d0c-4c39-9a55-0f0f0f0f0f0f',
  hostname: 'debian-1',
  cpuCount: 2,
  memoryMiB: 256,
  disks: [{ name: 'disk0', path: '/disks/vm1/disk.qcow2', format: 'qcow2', backing: null, limits: null }],
  cds: [],
  firmware: { kind: 'bios' },
  bootFrom: 'disk',
  rtcBase: 'utc',
  guestHelper: 'off',
  boot: { kernel: '/images/tiny/vmlinuz', initrd: '/images/tiny/initrd', append: 'console=ttyS0 quiet' },
  nics: [
    {
      kind: 'user',
      mac: '52:54:00:00:00:01',
      denyOutgoing: false,
      forwards: [
        { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 20022, guestPort: 22 },
        { protocol: 'udp', hostAddress: '0.0.0.0', hostPort: 20053, guestPort: 53 },
      ],
    },
  ],
  runDirectory: '/run/tt/vm1',
  confinement: null,
};

/** Places for disks that are not there yet. */
const PORTS = [
  '-device pcie-root-port,id=port1,chassis=1,port=1,io-reserve=0,addr=0x6.0,multifunction=on',
  ...[2, 3, 4, 5, 6, 7, 8].map(
    (number) =>
      `-device pcie-root-port,id=port${number},chassis=${number},port=${number},io-reserve=0,addr=0x6.${number - 1}`,
  ),
];

/** One option with its value a line. */
function lines(args: string[]): string[] {
  return args.join(' ').split(/ (?=-[a-zA-Z])/);
}

it('writes the whole command line', () => {
  expect(lines(commandLine(spec, 'tcg'))).toEqual([
    '-nodefaults',
    '-no-user-config',
    '-name guest=shop/debian-1',
    '-uuid 6c9b1f0e-7d0c-4c39-9a55-0f0f0f0f0f0f',
    '-machine pc-q35-7.2',
    '-accel tcg,tb-size=32',
    '-cpu Nehalem',
    '-m 256M',
    '-smp cpus=2,sockets=1,cores=2,threads=1',
    '-smbios type=1,manufacturer=TT,product=TT VM,uuid=6c9b1f0e-7d0c-4c39-9a55-0f0f0f0f0f0f',
    ...PORTS,
    '-blockdev {"driver":"qcow2","node-name":"disk0","l2-cache-size":8388608,"discard":"unmap","file":{"driver":"file","filename":"/disks/vm1/disk.qcow2","discard":"unmap"}}',
    '-device virtio-blk-pci,id=blk0,drive=disk0,bootindex=1,addr=0x2',
    '-netdev user,id=net0,hostname=debian-1,hostfwd=tcp:127.0.0.1:20022-:22,hostfwd=udp:0.0.0.0:20053-:53',
    '-device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:01,romfile=,addr=0x8',
    '-device VGA,id=vga0,addr=0x1',
    '-display none',
    '-vnc unix:/run/tt/vm1/vnc.sock,share=force-shared',
    '-device qemu-xhci,id=usb0,addr=0x3',
    '-device usb-tablet,bus=usb0.0',
    '-chardev socket,id=serial0,path=/run/tt/vm1/serial.sock,server=on,wait=off,logfile=/run/tt/vm1/serial.log,logappend=on',
    '-device isa-serial,chardev=serial0',
    '-device virtio-serial-pci,id=serialbus0,addr=0x4',
    '-chardev socket,id=agent0,path=/run/tt/vm1/agent.sock,server=on,wait=off',
    '-device virtserialport,bus=serialbus0.0,chardev=agent0,name=org.qemu.guest_agent.0',
    '-object rng-builtin,id=rng0',
    '-device virtio-rng-pci,rng=rng0,addr=0x5',
    '-qmp unix:/run/tt/vm1/qmp.sock,server=on,wait=off',
    '-sandbox on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
    '-msg timestamp=on',
    '-kernel /images/tiny/vmlinuz',
    '-initrd /images/tiny/initrd',
    '-append console=ttyS0 quiet tt.hostname=debian-1',
  ]);
});

it('writes only what differs: KVM, firmware boot, a closed network, a local clock, a stopped start', () => {
  const nic = { kind: 'user', mac: '52:54:00:00:00:02', denyOutgoing: true, forwards: [] } as const;
  const before = new Set(lines(commandLine(spec, 'tcg')));
  const changed = lines(
    commandLine({ ...spec, boot: null, nics: [nic, nic], rtcBase: 'localtime' }, 'kvm', { paused: true }),
  );
  expect(changed.filter((line) => !before.has(line))).toEqual([
    '-accel kvm',
    '-cpu host',
    '-netdev user,id=net0,hostname=debian-1,restrict=on',
    '-device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:02,romfile=,addr=0x8',
    '-netdev user,id=net1,hostname=debian-1,restrict=on',
    '-device virtio-net-pci,netdev=net1,mac=52:54:00:00:00:02,romfile=,addr=0x9',
    '-rtc base=localtime',
    '-S',
  ]);
});

it('maps the memory of a flat state privately, under the name it always has, and waits for its devices', () => {
  const before = new Set(lines(commandLine(spec, 'tcg')));
  const changed = lines(
    commandLine(spec, 'tcg', { paused: true, flatRam: { path: '/vms/a,b/ram-one.flat', isShared: false } }),
  );
  expect(changed.filter((line) => !before.has(line))).toEqual([
    '-machine pc-q35-7.2,memory-backend=pc.ram',
    `-object memory-backend-file,id=pc.ram,size=${spec.memoryMiB}M,mem-path=/vms/a,,b/ram-one.flat,share=off`,
    '-S',
    '-incoming defer',
  ]);
});

it('opens a flat state that others read too for reading only, and its memory stays writable', () => {
  const flatRam = { path: '/vms/ram-one.flat', isShared: true };
  expect(lines(commandLine(spec, 'tcg', { flatRam })).filter((line) => line.includes('memory-backend-file'))).toEqual([
    expect.stringMatching(/mem-path=\/vms\/ram-one\.flat,share=off,readonly=on,rom=off$/),
  ]);
});

it('tells a confined VM only ways that start in its run directory, so that closed folders above do not matter', () => {
  const confined: VmSpec = {
    ...spec,
    runDirectory: '/root/tt/run/vm1',
    disks: [
      {
        name: 'disk0',
        path: '/root/tt/disks/vm1/disk.qcow2',
        format: 'qcow2',
        backing: { path: '/root/tt/images/tiny/disk.qcow2', format: 'qcow2' },
        limits: null,
      },
    ],
    boot: { kernel: '/root/tt/images/tiny/vmlinuz', initrd: '/srv/elsewhere/initrd', append: 'quiet' },
    confinement: { uid: 2_001_000_000, gid: 2_001_000_000 },
  };
  const before = new Set(lines(commandLine(spec, 'tcg')));
  expect(lines(commandLine(confined, 'tcg')).filter((line) => !before.has(line))).toEqual([
    '-blockdev {"driver":"qcow2","node-name":"disk0","l2-cache-size":8388608,"discard":"unmap","file":{"driver":"file","filename":"../../disks/vm1/disk.qcow2","discard":"unmap"},"backing":{"driver":"qcow2","file":{"driver":"file","filename":"../../images/tiny/disk.qcow2"},"backing":null}}',
    '-vnc unix:vnc.sock,share=force-shared',
    '-chardev socket,id=serial0,path=serial.sock,server=on,wait=off,logfile=serial.log,logappend=on',
    '-chardev socket,id=agent0,path=agent.sock,server=on,wait=off',
    '-qmp unix:qmp.sock,server=on,wait=off',
    '-kernel ../../images/tiny/vmlinuz',
    // Nothing in common with the run directory: the way up would lead through /root.
    '-initrd /srv/elsewhere/initrd',
    '-append quiet tt.hostname=debian-1',
  ]);
});

it('gives a seed a drive of its own on virtio, which nothing boots from', () => {
  const args = commandLine({ ...spec, seed: '/disks/vm1/seed.iso' }, 'tcg').join(' ');
  expect(args).toContain('-device virtio-scsi-pci,id=seedbus,addr=0x7');
  expect(args).toContain(
    '"node-name":"seed","read-only":true,"file":{"driver":"file","filename":"/disks/vm1/seed.iso"}',
  );
  expect(args).toContain('-device scsi-cd,id=seedcd,bus=seedbus.0,drive=seed');
  expect(commandLine(spec, 'tcg').join(' ')).not.toContain('scsi');
});

it('plugs into a tap that is there, and takes no name for an option', () => {
  const tap = (name: string) => ({ kind: 'tap', mac: '52:54:00:00:00:03', tap: name }) as const;
  const user = { kind: 'user', mac: '52:54:00:00:00:02', denyOutgoing: true, forwards: [] } as const;
  const changed = lines(commandLine({ ...spec, nics: [tap('tt7e57-n1.a'), user] }, 'tcg'));
  expect(changed.filter((line) => /^-netdev|virtio-net/.test(line))).toEqual([
    '-netdev tap,id=net0,ifname=tt7e57-n1.a,script=no,downscript=no',
    '-device virtio-net-pci,netdev=net0,mac=52:54:00:00:00:03,romfile=,addr=0x8',
    '-netdev user,id=net1,hostname=debian-1,restrict=on',
    '-device virtio-net-pci,netdev=net1,mac=52:54:00:00:00:02,romfile=,addr=0x9',
  ]);
  for (const name of ['a,script=/bin/sh', '', 'sixteen-letters-', 'a/b']) {
    expect(() => commandLine({ ...spec, nics: [tap(name)] }, 'tcg')).toThrow('tap device');
  }
});

it('plugs a NIC into a switch, with a way out of its own behind it', () => {
  const switched = {
    kind: 'switch',
    mac: '52:54:00:00:00:04',
    ip: '10.213.0.3',
    cidr: '10.213.0.0/24',
    gateway: '10.213.0.1',
    nameServer: '10.213.0.2',
    denyOutgoing: false,
    forwards: [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 20022, guestPort: 22 }],
  } as const;
  const changed = lines(
    commandLine({ ...spec, nics: [switched, { ...switched, denyOutgoing: true, forwards: [] }] }, 'tcg'),
  );
  const wayOut = 'net=10.213.0.0/24,host=10.213.0.1,dns=10.213.0.2,dhcpstart=10.213.0.3,ipv6=off';
  expect(changed.filter((line) => /^-netdev|virtio-net/.test(line))).toEqual([
    `-netdev user,id=net0,${wayOut},hostfwd=tcp:127.0.0.1:20022-:22`,
    '-netdev stream,id=out0,server=on,addr.type=unix,addr.path=/run/tt/vm1/out0.sock',
    '-netdev hubport,id=hub0a,hubid=0,netdev=net0',
    '-netdev hubport,id=hub0b,hubid=0,netdev=out0',
    '-netdev stream,id=plug0,server=on,addr.type=unix,addr.path=/run/tt/vm1/nic0.sock',
    '-device virtio-net-pci,id=nic0,netdev=plug0,mac=52:54:00:00:00:04,romfile=,addr=0x8',
    `-netdev user,id=net1,${wayOut},restrict=on`,
    '-netdev stream,id=out1,server=on,addr.type=unix,addr.path=/run/tt/vm1/out1.sock',
    '-netdev hubport,id=hub1a,hubid=1,netdev=net1',
    '-netdev hubport,id=hub1b,hubid=1,netdev=out1',
    '-netdev stream,id=plug1,server=on,addr.type=unix,addr.path=/run/tt/vm1/nic1.sock',
    '-device virtio-net-pci,id=nic1,netdev=plug1,mac=52:54:00:00:00:04,romfile=,addr=0x9',
  ]);
  const odd = { ...switched, gateway: '10.213.0.1,restrict=off' };
  expect(() => commandLine({ ...spec, nics: [odd] }, 'tcg')).toThrow('IPv4');
  const inFolder = commandLine({ ...spec, nics: [switched], runDirectory: `/${'x'.repeat(95)}` }, 'tcg').join(' ');
  expect(inFolder).toContain('addr.path=nic0.sock');
});

it('keeps a name or path from becoming options', () => {
  const odd = commandLine({ ...spec, name: 'a,debug-threads=on', runDirectory: '/run/a,b' }, 'tcg');
  expect(odd).toContain('guest=a,,debug-threads=on');
  expect(odd).toContain('unix:/run/a,,b/qmp.sock,server=on,wait=off');
  // JSON and -kernel know no commas.
  const disks = spec.disks.map((disk) => ({ ...disk, path: '/disks/a,b.qcow2' }));
  expect(commandLine({ ...spec, disks }, 'tcg').join(' ')).toContain('"filename":"/disks/a,b.qcow2"');
});

it('never opens a network port for the screen or the control channel', () => {
  const text = commandLine(spec, 'tcg').join(' ');
  expect(text.match(/-(vnc|qmp|chardev|serial|monitor) \S+/g)).toEqual([
    expect.stringMatching(/^-vnc unix:/),
    expect.stringMatching(/^-chardev socket,id=serial0,path=/),
    expect.stringMatching(/^-chardev socket,id=agent0,path=/),
    expect.stringMatching(/^-qmp unix:/),
  ]);
});

it('tells sockets by name, with the VM started in their folder, only where no address holds the whole path', () => {
  const qmpOf = (runDirectory: string) => qmpArguments({ ...spec, runDirectory })[1];
  const longest = `/${'x'.repeat(94)}`;
  // As an earlier TT told them: a VM it left running is found by that.
  expect(qmpOf(longest)).toBe(`unix:${longest}/qmp.sock,server=on,wait=off`);
  expect(qmpOf(`${longest}x`)).toBe('unix:qmp.sock,server=on,wait=off');
  const disk = { name: 'disk0', path: '/disk', format: 'qcow2', backing: null, limits: null } as const;
  const text = commandLine({ ...spec, disks: [disk], runDirectory: `${longest}x` }, 'tcg').join(' ');
  expect(text).toContain('-vnc unix:vnc.sock,');
  expect(text).toContain('path=serial.sock,server=on,wait=off,logfile=serial.log,');
  expect(text).toContain('"filename":"/disk"');
});

it('refuses what QEMU would misunderstand, and says why', () => {
  const forward = { protocol: 'tcp', hostAddress: '::1', hostPort: 1, guestPort: 1 } as const;
  const nic = { kind: 'user', mac: '52:54:00:00:00:02', denyOutgoing: false, forwards: [forward] } as const;
  expect(() => commandLine({ ...spec, nics: [nic] }, 'tcg')).toThrow('IPv4');
});
