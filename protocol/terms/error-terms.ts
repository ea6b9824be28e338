// Codes in the data of errors that are part of their sentences, in English. One table for each kind of thing.
import type { PlainFieldName } from '../model/machine-spec.ts';

/** What can't change while a VM runs, and what may differ between two snapshots of it. */
export const changeTerms = {
  cpuCount: 'the number of CPUs',
  memoryMiB: 'the memory size',
  firmware: 'the firmware',
  bootFrom: 'the boot order',
  rtcBase: 'the base of the hardware clock',
  guestHelper: 'the port of the guest helper',
  disk: 'the disk',
  disks: 'the disks',
  diskSize: 'the size of the disk',
  media: 'the CD media',
  cdDrives: 'the number of CD drives',
  outgoing: 'outgoing connections',
  ports: 'the forwarded ports',
  blacklist: 'the blocked destinations',
  bandwidth: 'the bandwidth of NICs',
} as const satisfies Record<PlainFieldName, string> & Record<string, string>;

/** What only administrators may do. */
export const privilegeTerms = {
  showFirewall: 'view the firewall',
  showTasks: 'view the background tasks',
  overrideLimit: 'exceed the lifetime limit',
  importHostFile: 'import a file from the host',
  enableTerminals: 'enable terminals',
  cancelOthers: 'cancel an operation of another user',
  manageUsers: 'manage users',
  administer: 'administer this server',
  manageTeams: 'manage teams',
  useBridge: 'connect machines to the network around the host',
} as const;

/** Where a user comes from that calls can't change. */
export const userSourceTerms = { file: 'the configuration file', owner: 'the state folder' } as const;

/** What quotas limit. */
export const resourceTerms = {
  envs: 'ENVs',
  vms: 'VMs',
  cpuCount: 'CPUs',
  memoryMiB: 'memory (MiB)',
  diskMiB: 'disk (MiB)',
  storedMiB: 'stored data (MiB)',
} as const;

/** What is limited for each user, whatever their quota: records and texts, and what a connection does. */
export const limitTerms = {
  envs: 'ENVs',
  vms: 'VMs',
  snapshots: 'snapshots',
  images: 'images',
  labs: 'labs',
  terminals: 'terminals of labs',
  profiles: 'profiles',
  templates: 'templates',
  tokens: 'tokens',
  textKiB: 'text in notes, scripts, templates and setup files (KiB)',
  callsInFlight: 'simultaneous calls',
  connectionsPerAddress: 'simultaneous connections',
  feeds: 'event feeds on one connection',
} as const;

export type LimitName = keyof typeof limitTerms;
/** Limits of what is written down, in the order in which they are shown. */
export const recordLimits = [
  'envs',
  'vms',
  'snapshots',
  'images',
  'labs',
  'terminals',
  'profiles',
  'templates',
  'textKiB',
] as const;
export type RecordLimit = (typeof recordLimits)[number];

export const vmStateTerms = {
  creating: 'being created',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  failed: 'failed',
  unknown: 'not answering',
  deleting: 'being deleted',
} as const;

export const imageStateTerms = {
  ready: 'ready',
  absent: 'not built',
  building: 'being built',
  failed: 'failed',
} as const;

/** What runs the VMs of a state folder. */
export const driversTerms = { real: 'real', fake: 'fake' } as const;

export const imageKindTerms = { disk: 'disk', iso: 'ISO' } as const;

export const directionTerms = {
  upload: 'upload',
  download: 'download',
} as const;

export const transferStateTerms = {
  open: 'incomplete',
  reserved: 'reserved',
  packing: 'being packed',
  whole: 'complete',
  inUse: 'in use',
} as const;

/** Optional abilities of engines, networks, firewalls, hosts and images. */
export const featureTerms = {
  bandwidth: 'bandwidth limits',
  blacklist: 'blacklists',
  cd: 'CD drives',
  console: 'console',
  denyOutgoing: 'blocking of outgoing connections',
  liveSnapshot: 'snapshots of running VMs',
  portForward: 'port forwards',
  serial: 'serial console',
  severalNics: 'support for several NICs',
  uefi: 'UEFI firmware',
  uefiPackage: 'UEFI firmware; install ovmf (Debian, Ubuntu), edk2-ovmf (Arch) or qemu-ovmf-x86_64 (openSUSE)',
  vnc: 'graphical console',
} as const;

/** What a snapshot needs of a VM; a file goes by its name. */
export const snapshotPartTerms = {
  diskState: 'the state of its disks',
  memory: 'its saved memory',
} as const;

/** Why a terminal of a lab is refused. */
export const terminalProblemTerms = {
  noProof: 'it has neither a secret nor an address',
  addressInvalid: '“{address}” is not an IP address',
  addressTaken: '{address} belongs to another terminal',
} as const;
