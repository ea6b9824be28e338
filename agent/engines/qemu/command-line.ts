// Pure: a VmSpec -> the arguments of qemu-system-x86_64 (qemu(1)). Golden-tested; `process.ts` runs it.
import { EngineError } from '../errors.ts';
import type { NicAttachment, PortForward, VmSpec } from '../interface.ts';
import { runFiles } from './run-files.ts';

/** Name of the disk's block node: saved states are made in it (QMP snapshot-save, `vmstate`). */
export const DISK_NODE = 'disk0';

/**
 * A fixed machine version, not the alias `q35`: a state saved before an upgrade of QEMU loads only into the same machine.
 * q35 (PCI express, ICH9) rather than i440fx: what current guests are tested on; both boot equally fast under TCG.
 */
export const MACHINE = 'pc-q35-7.2';

/** Nehalem under TCG is x86-64-v2, as RHEL 9 and its kin ask for; `max` would change with QEMU and break saved states. */
export const ACCELERATION = {
  // 32 MiB of translated code: the default grows to 1 GiB per VM.
  tcg: ['-accel', 'tcg,tb-size=32', '-cpu', 'Nehalem'],
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
} as const;

/** PCI slots are fixed, so that a device added here one day moves none of those a saved state knows. */
const SLOTS = { vga: 1, disk: 2, usb: 3, serialBus: 4, rng: 5, firstNic: 8 } as const;

/** Arguments to start `spec`; `paused` leaves the processors stopped until QMP `cont`. */
export function commandLine(spec: VmSpec, acceleration: 'kvm' | 'tcg', options: { paused?: boolean } = {}): string[] {
  const files = runFiles(spec);
  const escaped = escapeCommas;
  return [
    // Nothing but what stands here: no default devices, no files of the host's configuration.
    ['-nodefaults', '-no-user-config'],
    ['-name', `guest=${escaped(spec.name)}`],
    ['-uuid', spec.uuid],
    ['-machine', MACHINE, ...ACCELERATION[acceleration]],
    ['-m', `${spec.memoryMiB}M`],
    // Cores of one socket: some guests are licensed, or limited, by socket.
    ['-smp', `cpus=${spec.cpuCount},sockets=1,cores=${spec.cpuCount},threads=1`],
    ['-smbios', `type=1,manufacturer=TT,product=TT VM,uuid=${spec.uuid}`],
    ...diskArguments(spec),
    ...spec.nics.map((nic, index) => nicArguments(nic, index, spec.hostname)),
    ['-device', `VGA,id=vga0,addr=${slot(SLOTS.vga)}`],
    // force-shared: a second viewer never throws out the first.
    ['-display', 'none', '-vnc', `unix:${escaped(files.vnc)},share=force-shared`],
    // A tablet knows absolute positions, so the guest's pointer is where the viewer's is. Keys go to q35's PS/2 keyboard.
    ['-device', `qemu-xhci,id=usb0,addr=${slot(SLOTS.usb)}`, '-device', 'usb-tablet,bus=usb0.0'],
    ['-chardev', `${unixServer('serial0', files.serial)},logfile=${escaped(files.serialLog)},logappend=on`],
    ['-device', 'isa-serial,chardev=serial0'],
    ['-device', `virtio-serial-pci,id=serialbus0,addr=${slot(SLOTS.serialBus)}`],
    ['-chardev', unixServer('agent0', files.guestAgent)],
    ['-device', 'virtserialport,bus=serialbus0.0,chardev=agent0,name=org.qemu.guest_agent.0'],
    ['-object', 'rng-builtin,id=rng0', '-device', `virtio-rng-pci,rng=rng0,addr=${slot(SLOTS.rng)}`],
    qmpArguments(spec),
    // The process can't start programs, become another user, or change how it is scheduled.
    ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ['-msg', 'timestamp=on'],
    ...bootArguments(spec),
    options.paused ? ['-S'] : [],
  ].flat();
}

/** The control channel; together with the UUID it tells this VM's process from all others. */
export function qmpArguments(spec: VmSpec): string[] {
  return ['-qmp', `unix:${escapeCommas(runFiles(spec).qmp)},server=on,wait=off`];
}

function diskArguments(spec: VmSpec): string[][] {
  const node = {
    driver: spec.disk.format,
    'node-name': DISK_NODE,
    // Enough of the cluster tables in memory for 64 GiB; no lazy-refcounts: they need a repair after a crash.
    'l2-cache-size': 8 * 1024 * 1024,
    discard: 'unmap',
    file: { driver: 'file', filename: spec.disk.path, discard: 'unmap' },
  };
  return [
    ['-blockdev', JSON.stringify(node)],
    // Index 0 is taken by -kernel.
    ['-device', `virtio-blk-pci,id=blk0,drive=${DISK_NODE},bootindex=1,addr=${slot(SLOTS.disk)}`],
  ];
}

function nicArguments(nic: NicAttachment, index: number, hostname: string): string[] {
  const options = [
    `user,id=net${index}`,
    // What QEMU's own DHCP server tells the guest to call itself.
    `hostname=${escapeCommas(hostname)}`,
    ...(nic.denyOutgoing ? ['restrict=on'] : []),
    ...nic.forwards.map((forward) => `hostfwd=${hostForward(forward)}`),
  ];
  // romfile= leaves out the network boot ROM: slower to start, and nothing here boots from the network.
  const device = `virtio-net-pci,netdev=net${index},mac=${nic.mac},romfile=,addr=${slot(SLOTS.firstNic + index)}`;
  return ['-netdev', options.join(','), '-device', device];
}

/** `protocol:hostaddr:hostport-guestaddr:guestport`; an empty guest address is the first DHCP lease (qemu(1), -netdev user). */
function hostForward({ protocol, hostAddress, hostPort, guestPort }: PortForward): string {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(hostAddress)) {
    throw new EngineError('START_FAILED', `QEMU user networking listens on IPv4 addresses only, not ${hostAddress}`);
  }
  return `${protocol}:${hostAddress}:${hostPort}-:${guestPort}`;
}

function bootArguments(spec: VmSpec): string[][] {
  if (!spec.boot) return [];
  const { kernel, initrd, append } = spec.boot;
  return [['-kernel', kernel, '-initrd', initrd, '-append', `${append} tt.hostname=${spec.hostname}`]];
}

function unixServer(id: string, socketPath: string): string {
  return `socket,id=${id},path=${escapeCommas(socketPath)},server=on,wait=off`;
}

function slot(number: number): string {
  return `0x${number.toString(16)}`;
}

/**
 * In QEMU's option syntax a comma within a value is written twice (QEMU's util/keyval.c). -kernel, -initrd and -append
 * take theirs as they are.
 */
function escapeCommas(text: string): string {
  return text.replaceAll(',', ',,');
}
