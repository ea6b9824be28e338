// Pure: a VmSpec -> the arguments of qemu-system-x86_64 (qemu(1)). Golden-tested; `process.ts` runs it.
import path from 'node:path';
import { EngineError, type EngineErrorCode } from '../errors.ts';
import type { NicAttachment, PortForward, SwitchNic, TapNic, UserNic, VmSpec } from '../interface.ts';
import { nicSockets } from '../nic-sockets.ts';
import { driveArguments, firmwareArguments } from './drive-arguments.ts';
import { type RunFiles, runFiles, startsInRunDirectory } from './run-files.ts';

/** Name of the character device to the agent in the guest. */
export const GUEST_AGENT_PORT = 'agent0';

/** Name of the character device to the guest helper. */
export const GUEST_HELPER_PORT = 'helper0';

/**
 * A fixed machine version, not the alias `q35`: a state saved before an upgrade of QEMU loads only into the same machine.
 * q35 (PCI express, ICH9) rather than i440fx: what current guests are tested on; both boot equally fast under TCG.
 */
export const MACHINE = 'pc-q35-7.2';

/** What QEMU calls the main memory of this machine (`default-ram-id` of query-machines). */
export const MAIN_MEMORY = 'pc.ram';

/** The processor that emulated guests see. */
export const TCG_CPU = 'Nehalem';

/** Nehalem under TCG is x86-64-v2, as RHEL 9 and its kin ask for; `max` would change with QEMU and break saved states. */
export const ACCELERATION = {
  // 32 MiB of translated code: the default grows to 1 GiB per VM.
  tcg: ['-accel', 'tcg,tb-size=32', '-cpu', TCG_CPU],
  kvm: ['-accel', 'kvm', '-cpu', 'host'],
} as const;

/** The process can't start programs, become another user, or change how it is scheduled. */
export const SANDBOX = ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'] as const;

/**
 * PCI slots are fixed, so that a device added later does not move those in existing saved states. Slots 2, 6 and 7 have disks
 * and the seed: see `drive-arguments.ts`.
 */
const SLOTS = { vga: 1, usb: 3, serialBus: 4, rng: 5, firstNic: 8 } as const;

export interface FlatRam {
  /** Absolute. */
  path: string;
  /** The VM may only read it (`canMapReadOnly`). */
  isShared: boolean;
}

export interface CommandLineOptions {
  /** Leaves the processors stopped until QMP `cont`. */
  paused?: boolean;
  /** A flat RAM file: mapped privately as the memory; the process then waits for the state of its devices. */
  flatRam?: FlatRam;
}

/**
 * Arguments to start `spec`. A confined VM's paths are relative to its run directory (see {@link pathForQemu}), where it has to be
 * started; they must be free of symbolic links.
 */
export function commandLine(
  spec: VmSpec,
  acceleration: 'kvm' | 'tcg',
  { paused, flatRam }: CommandLineOptions = {},
): string[] {
  const files = filesForQemu(spec);
  const escaped = escapeCommas;
  const place = (file: string) => pathForQemu(spec, file);
  const firmware = firmwareArguments(spec, place);
  return [
    // Only what is listed here: no default devices, no files of the host's configuration.
    ['-nodefaults', '-no-user-config'],
    ['-name', `guest=${escaped(spec.name)}`],
    ['-uuid', spec.uuid],
    firmware.nodes,
    ['-machine', `${MACHINE}${firmware.machine}${flatRam ? `,memory-backend=${MAIN_MEMORY}` : ''}`],
    ACCELERATION[acceleration],
    flatRam === undefined ? [] : mappedMemory(spec, { ...flatRam, path: place(flatRam.path) }),
    ['-m', `${spec.memoryMiB}M`],
    // Cores of one socket: some guests are licensed, or limited, by socket.
    ['-smp', `cpus=${spec.cpuCount},sockets=1,cores=${spec.cpuCount},threads=1`],
    ['-smbios', `type=1,manufacturer=TT,product=TT VM,uuid=${spec.uuid}`],
    ...driveArguments(spec, place),
    ...spec.nics.map((nic, index) => nicArguments(spec, nic, index)),
    ['-device', `VGA,id=vga0,addr=${slot(SLOTS.vga)}`],
    // force-shared: a second viewer never throws out the first.
    ['-display', 'none', '-vnc', `unix:${escaped(files.vnc)},share=force-shared`],
    // A tablet knows absolute positions, so the guest's pointer is where the viewer's is. Keys go to q35's PS/2 keyboard.
    ['-device', `qemu-xhci,id=usb0,addr=${slot(SLOTS.usb)}`, '-device', 'usb-tablet,bus=usb0.0'],
    ['-chardev', `${unixServer('serial0', files.serial)},logfile=${escaped(files.serialLog)},logappend=on`],
    ['-device', 'isa-serial,chardev=serial0'],
    ['-device', `virtio-serial-pci,id=serialbus0,addr=${slot(SLOTS.serialBus)}`],
    ['-chardev', unixServer(GUEST_AGENT_PORT, files.guestAgent)],
    ['-device', `virtserialport,bus=serialbus0.0,chardev=${GUEST_AGENT_PORT},name=org.qemu.guest_agent.0`],
    spec.guestHelper === 'on' ? helperArguments(files.guestHelper) : [],
    ['-object', 'rng-builtin,id=rng0', '-device', `virtio-rng-pci,rng=rng0,addr=${slot(SLOTS.rng)}`],
    qmpArguments(spec),
    SANDBOX,
    ['-msg', 'timestamp=on'],
    // QEMU's own default is utc.
    spec.rtcBase === 'localtime' ? ['-rtc', 'base=localtime'] : [],
    ...bootArguments(spec),
    paused ? ['-S'] : [],
    flatRam === undefined ? [] : ['-incoming', 'defer'],
  ].flat();
}

/**
 * The name of the memory is the one it has without this, so that the state of a guest with ordinary memory can be loaded. `share=off`
 * is MAP_PRIVATE: what the guest writes is its own, the file stays as it is.
 */
function mappedMemory({ memoryMiB }: VmSpec, { path: file, isShared }: FlatRam): string[] {
  // The file is opened for reading, but the memory is not read-only: rom=off (qemu(1), since 8.2).
  const access = isShared ? ',readonly=on,rom=off' : '';
  const size = `size=${memoryMiB}M`;
  return ['-object', `memory-backend-file,id=${MAIN_MEMORY},${size},mem-path=${escapeCommas(file)},share=off${access}`];
}

/** `agent/guest-helper/main.c` looks for this name. */
function helperArguments(socketPath: string): string[] {
  const device = `virtserialport,bus=serialbus0.0,chardev=${GUEST_HELPER_PORT},name=com.tt.helper.0`;
  return ['-chardev', unixServer(GUEST_HELPER_PORT, socketPath), '-device', device];
}

/** The control channel; together with the UUID it distinguishes this VM's process from all others. */
export function qmpArguments(spec: VmSpec): string[] {
  return ['-qmp', `unix:${escapeCommas(filesForQemu(spec).qmp)},server=on,wait=off`];
}

/**
 * A path in the form passed to QEMU. For a confined one, relative to its run directory: it starts there, and the path from
 * there to the disk or the image does not include folders above the agent's home, which may be inaccessible (/root).
 */
export function pathForQemu(spec: VmSpec, absolutePath: string): string {
  if (!spec.confinement) return absolutePath;
  // Nothing shared but `/`: the way up would only add folders to walk through.
  if (spec.runDirectory.split('/')[1] !== absolutePath.split('/')[1]) return absolutePath;
  return path.relative(spec.runDirectory, absolutePath);
}

function filesForQemu(spec: VmSpec): Omit<RunFiles, 'log'> {
  const { qmp, vnc, serial, guestAgent, guestHelper, serialLog } = runFiles(spec);
  const place = (file: string) => (startsInRunDirectory(spec) ? path.basename(file) : file);
  return {
    qmp: place(qmp),
    vnc: place(vnc),
    serial: place(serial),
    guestAgent: place(guestAgent),
    guestHelper: place(guestHelper),
    serialLog: place(serialLog),
  };
}

function nicArguments(spec: VmSpec, nic: NicAttachment, index: number): string[] {
  if (nic.kind === 'switch') return switchedNic(spec, nic, index);
  const backend = nic.kind === 'tap' ? tapBackend(nic) : userBackend(nic, spec.hostname);
  // romfile= leaves out the network boot ROM: slower to start, and nothing here boots from the network.
  // host_mtu tells the driver, so that it holds whatever the guest makes of DHCP (virtio 1.1, VIRTIO_NET_F_MTU).
  const mtu = nic.kind === 'tap' && nic.mtu !== undefined ? `,host_mtu=${nic.mtu}` : '';
  const device = `virtio-net-pci,netdev=net${index},mac=${nic.mac}${mtu},romfile=,addr=${slot(SLOTS.firstNic + index)}`;
  return ['-netdev', [backend[0], `id=net${index}`, ...backend.slice(1)].join(','), '-device', device];
}

/**
 * NIC and way out each listen for the switch; a hub joins user networking, which has no socket of its own, to that of the way out. The
 * device has an id: its cable is unplugged there, because a socket without client must never be switched on (QEMU's net/stream.c uses
 * `link_down` for that).
 */
function switchedNic(spec: VmSpec, nic: SwitchNic, index: number): string[] {
  const sockets = nicSockets(spec.runDirectory, index);
  const listen = (id: string, file: string) => {
    const place = startsInRunDirectory(spec) ? path.basename(file) : file;
    return `stream,id=${id},server=on,addr.type=unix,addr.path=${escapeCommas(place)}`;
  };
  const device = `virtio-net-pci,id=${nicDevice(index)},netdev=plug${index},mac=${nic.mac},romfile=,addr=${slot(SLOTS.firstNic + index)}`;
  return [
    ['-netdev', wayOut(nic, index)],
    ['-netdev', listen(`out${index}`, sockets.wayOut)],
    ['-netdev', `hubport,id=hub${index}a,hubid=${index},netdev=net${index}`],
    ['-netdev', `hubport,id=hub${index}b,hubid=${index},netdev=out${index}`],
    ['-netdev', listen(`plug${index}`, sockets.guest)],
    ['-device', device],
  ].flat();
}

/** Id of the device of a NIC on a switch. */
export function nicDevice(index: number): string {
  return `nic${index}`;
}

/** The switch answers DHCP: `dhcpstart` is only where forwards lead to. IPv6 would be a network of its own for each guest. */
function wayOut(nic: SwitchNic, index: number): string {
  return [
    'user',
    `id=net${index}`,
    `net=${address(nic.cidr)}`,
    `host=${address(nic.gateway)}`,
    `dns=${address(nic.nameServer)}`,
    `dhcpstart=${address(nic.ip)}`,
    'ipv6=off',
    ...wallAndForwards(nic),
  ].join(',');
}

function address(text: string): string {
  if (/^\d+\.\d+\.\d+\.\d+(\/\d+)?$/.test(text)) return text;
  throw new EngineError('START_FAILED', `not an IPv4 address: ${JSON.stringify(text)}`);
}

function userBackend(nic: UserNic, hostname: string): string[] {
  return [
    'user',
    // What QEMU's own DHCP server tells the guest to call itself.
    `hostname=${escapeCommas(hostname)}`,
    ...wallAndForwards(nic),
  ];
}

function wallAndForwards({ denyOutgoing, forwards }: UserNic | SwitchNic): string[] {
  return [...(denyOutgoing ? ['restrict=on'] : []), ...forwards.map((forward) => `hostfwd=${hostForward(forward)}`)];
}

/** No scripts: QEMU would run them to set the interface up, and may neither start programs nor change the host. */
function tapBackend({ tap }: TapNic): string[] {
  // The kernel would make `a/b` or an empty name into something else, and the device is another's.
  if (!/^[A-Za-z0-9_.-]{1,15}$/.test(tap)) {
    throw new EngineError('START_FAILED', `not the name of a tap device: ${JSON.stringify(tap)}`);
  }
  return ['tap', `ifname=${tap}`, 'script=no', 'downscript=no'];
}

/** `protocol:hostaddr:hostport-guestaddr:guestport`; an empty guest address is the first DHCP lease (qemu(1), -netdev user). */
export function hostForward(forward: PortForward, code: EngineErrorCode = 'START_FAILED'): string {
  const { protocol, hostAddress, hostPort, guestPort } = forward;
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(hostAddress)) {
    throw new EngineError(code, `QEMU user networking listens on IPv4 addresses only, not ${hostAddress}`);
  }
  return `${protocol}:${hostAddress}:${hostPort}-:${guestPort}`;
}

function bootArguments(spec: VmSpec): string[][] {
  if (!spec.boot || spec.bootFrom === 'cd') return [];
  const { append } = spec.boot;
  const kernel = pathForQemu(spec, spec.boot.kernel);
  const initrd = pathForQemu(spec, spec.boot.initrd);
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
