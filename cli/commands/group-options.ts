// The flags that select the VMs to create (`tt env add`, `tt env add-vm`) -> the groups of the call. `--os-prefix` is the
// seed's form, one size for all; `--vm` is one group each, and takes missing values from the other flags.
import type { CloudInitSpec, NetKind, PlainSpec, VmGroup } from '@tt/protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { type CloudInitOptions, cloudInitFrom, withCloudInit } from './cloud-init-options.ts';
import { bytesPerSecondFrom, limitsFrom, operationsPerSecondFrom } from './disk-values.ts';
import { defaultOf, plainFlags, withPlainOptions, plainOptionsFrom } from './machine-options.ts';
import { collected, collectedLists } from '../repeated-options.ts';
import { netKindFrom } from './contract-values.ts';
import {
  type WantedPort,
  bandwidthFrom,
  destinationsFrom,
  diskMiBFrom,
  given,
  listOf,
  portsFrom,
  wholeNumber,
} from './option-values.ts';
import { withOldSizes, withOldSpelling } from './old-spelling.ts';

/** What one `--vm` says; fields as the contract names them. */
export interface VmRequest extends Partial<PlainSpec> {
  osPrefix: string;
  copies?: number;
  diskMiB?: number;
  ports?: WantedPort[];
  engine?: string;
  nets?: NetKind[];
  /** 0 is no limit. */
  bandwidthMbps?: number;
  blacklist?: string[];
  /** Sizes in MiB of disks besides the boot disk. */
  addDisks?: number[];
  /** Of each disk; 0 is no limit. */
  bps?: number;
  iops?: number;
  medium?: string;
  cloudInit?: CloudInitSpec;
}

/** As commander hands the flags over. */
export interface GroupOptions extends CloudInitOptions {
  osPrefix?: string[];
  vm?: VmRequest[];
  dupEach?: number;
  disk?: number;
  vmPort?: WantedPort[];
  engine?: string;
  net?: NetKind[];
  bandwidth?: number;
  blacklist?: string[];
  addDisk?: number[];
  bps?: number;
  iops?: number;
  medium?: string;
}

/** `cpu=2,mem=256,firmware=uefi` */
const plainSamples = plainFlags.map(({ flag, sample }) => `${flag}=${sample}`).join(',');

export function withGroups(command: Command): Command {
  withCloudInit(command)
    .option(
      '-s, --os-prefix <prefixes>',
      'systems by prefix, comma separated: tiny or cent,ubuntu2004',
      collectedLists((text) => listOf(text)),
    )
    .option(
      '--vm <group>',
      `one group, repeatable: tiny,copies=2,disk=2048,port=80+53/udp,engine=qemu,net=nat+flat,bandwidth=10,blacklist=192.0.2.1,add-disk=1024+2048,bps=10M,iops=200,medium=qemu:net:iso,${plainSamples}; other values come from the other flags`,
      collected(vmFrom),
    )
    .option('-d, --dup-each <n>', 'additional copies of each system', wholeNumber(0, 2000));
  withPlainOptions(command, defaultOf)
    .option('-D, --disk <MiB>', 'boot disk of each VM', diskMiBFrom)
    .option(
      '--add-disk <MiB>',
      'one more empty disk of each VM; comma separated, repeatable',
      collectedLists((text) => someOf(listOf(text).map(diskMiBFrom))),
    )
    .option('--bps <bytes>', 'maximum bytes per second of each disk, e.g. 10M; 0: no limit', bytesPerSecondFrom)
    .option('--iops <n>', 'maximum reads and writes per second of each disk; 0: no limit', operationsPerSecondFrom)
    .option('--medium <image>', 'medium (an image of kind iso) in the first CD drive of each VM')
    .option(
      '-p, --vm-port <ports>',
      'guest ports to forward, comma separated: 80,443 or 53/udp',
      collectedLists((text) => portsFrom(text)),
    )
    .option('--engine <name>', 'only images of this engine')
    .option(
      '--net <kinds>',
      'a NIC each: user, nat, flat, bridge or switch; comma separated, repeatable',
      collectedLists((text) => someOf(listOf(text).map(netKindFrom))),
    )
    .option('--bandwidth <Mbit/s>', 'limit of each NIC, in each direction; 0: no limit', bandwidthFrom)
    .option(
      '--blacklist <cidrs>',
      'blocked destinations of each VM, comma separated',
      collectedLists((text) => destinationsFrom(text)),
    );
  return withOldSpelling(withOldSizes(command), '--network <kinds>', 'net');
}

/** Throws InvalidArgumentError when no system is named. */
export function groupsFrom(options: GroupOptions): VmGroup[] {
  const shared = given({
    copies: 1 + (options.dupEach ?? 0),
    ...plainOptionsFrom(options),
    diskMiB: options.disk,
    ports: options.vmPort,
    engine: options.engine,
    nets: options.net,
    bandwidthMbps: options.bandwidth,
    blacklist: options.blacklist,
    addDisks: options.addDisk,
    bps: options.bps,
    iops: options.iops,
    medium: options.medium,
    cloudInit: cloudInitFrom(options),
  });
  const prefixes = (options.osPrefix ?? []).map((osPrefix) => ({ osPrefix }));
  const groups = [...prefixes, ...(options.vm ?? [])].map((request) => groupOf({ ...shared, ...request }));
  if (groups.length === 0) throw new InvalidArgumentError('give at least one system with --os-prefix or --vm.');
  return groups;
}

function groupOf({ addDisks, bps, iops, ...request }: VmRequest): VmGroup {
  const limits = limitsFrom(given({ bps, iops }));
  const disks = addDisks?.map((sizeMiB) => ({ sizeMiB, ...(limits ? { limits } : {}) }));
  return { ...withNics(request), ...given({ disks }), ...(limits ? { diskLimits: limits } : {}) };
}

function withNics({ nets, bandwidthMbps, ...plain }: Omit<VmRequest, 'addDisks' | 'bps' | 'iops'>): VmGroup {
  const limit = bandwidthMbps ? { bandwidthMbps } : {};
  if (nets) return { ...plain, nics: nets.map((kind) => ({ kind, ...limit })) };
  // A limit alone is one NIC in the network of the host.
  return 'bandwidthMbps' in limit ? { ...plain, nics: [limit] } : plain;
}

type Reader = (text: string) => Partial<VmRequest>;
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['copies', (text) => ({ copies: wholeNumber(1, 2001)(text) })],
  ...plainFlags.map(({ flag, name, read }): [string, Reader] => [flag, (text) => ({ [name]: read(text) })]),
  ['disk', (text) => ({ diskMiB: diskMiBFrom(text) })],
  ['port', (text) => ({ ports: portsFrom(text, '+') })],
  ['engine', (text) => ({ engine: someText(text) })],
  ['net', (text) => ({ nets: someOf(listOf(text, '+').map(netKindFrom)) })],
  ['bandwidth', (text) => ({ bandwidthMbps: bandwidthFrom(text) })],
  ['blacklist', (text) => ({ blacklist: destinationsFrom(text, '+') })],
  ['add-disk', (text) => ({ addDisks: someOf(listOf(text, '+').map(diskMiBFrom)) })],
  ['bps', (text) => ({ bps: bytesPerSecondFrom(text) })],
  ['iops', (text) => ({ iops: operationsPerSecondFrom(text) })],
  ['medium', (text) => ({ medium: someText(text) })],
]);

/** `tiny,copies=2,cpu=2,port=80+53/udp`: a system, then any of the keys once each. */
export function vmFrom(text: string): VmRequest {
  const [osPrefix = '', ...settings] = text.split(',').map((part) => part.trim());
  if (osPrefix === '' || osPrefix.includes('=')) {
    throw new InvalidArgumentError('start with the system: tiny,copies=2,cpu=2.');
  }
  const seen = new Set<string>();
  const requests = settings.map((setting) => {
    const [key, value] = splitOnce(setting);
    const read = readers.get(key);
    if (!read || value === undefined) {
      throw new InvalidArgumentError(`"${setting}" is unknown; write ${[...readers.keys()].join('=, ')}=.`);
    }
    if (seen.has(key)) throw new InvalidArgumentError(`"${key}" is given twice.`);
    seen.add(key);
    return readSetting(setting, () => read(value));
  });
  return Object.assign({ osPrefix }, ...requests) as VmRequest;
}

function splitOnce(setting: string): [key: string, value: string | undefined] {
  const at = setting.indexOf('=');
  return at < 0 ? [setting, undefined] : [setting.slice(0, at), setting.slice(at + 1)];
}

/** A refused value of a group names the setting it stands in. */
function readSetting(setting: string, read: () => Partial<VmRequest>): Partial<VmRequest> {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new InvalidArgumentError(`in "${setting}": ${error.message}`);
    throw error;
  }
}

function someText(text: string): string {
  if (text === '') throw new InvalidArgumentError('a value is missing after "=".');
  return text;
}

function someOf<Item>(items: Item[]): Item[] {
  if (items.length === 0) throw new InvalidArgumentError('a value is missing after "=".');
  return items;
}
