// Why something failed, as a clause after a colon. What another program printed follows the sentence as a quote.

const engineTerms = {
  'engine.ENGINE_MISSING': 'its program is missing or does not run',
  'engine.START_FAILED': 'the engine could not start it',
  'guest.GUEST_HELPER_SILENT': 'the helper in the guest does not answer',
  'guest.GUEST_HELPER_INVALID': 'the helper in the guest breaks the protocol',
  'guest.GUEST_CHANNEL_CLOSED': 'the connection to the guest ended',
  'guest.GUEST_REFUSED_COMMAND': 'the guest refused a command',
  'engine.COMMAND_FAILED': 'the engine refused a command',
  'engine.VM_GONE': 'its process has ended',
  'engine.ENGINE_TIMEOUT': 'the engine took too long',
  'engine.DISK_FULL': 'the disk of the host is full',
  'engine.STATE_NOT_FOUND': 'its saved memory is missing',
  'engine.GUEST_AGENT_SILENT': 'the agent in the guest does not answer',
  'engine.CANCELLED': 'it was cancelled',
  engineDisabled: 'it is not enabled in the configuration (engines)',
} as const;

/** Why guests are accelerated as they are. */
const accelerationTerms = {
  accelerationConfigured: '{acceleration} is set in the configuration',
  accelerationFake: 'the fake engine runs no processors',
  kvmGoodLinux: 'a Linux kernel reached user space with KVM in {kvmS} s (TCG: {tcgS} s)',
  kvmGoodLongMode: 'a 64-bit test guest ran with KVM in {kvmS} s (TCG: {tcgS} s)',
  kvmGoodAlone: 'a test guest ran with KVM in {kvmS} s, but not with TCG',
  kvmLateLinux:
    'KVM is not used: a Linux kernel did not reach user space within {limitS} s, although /dev/kvm exists (TCG: {tcgS} s)',
  kvmLateLongMode:
    'KVM is not used: a 64-bit test guest did not run within {limitS} s, although /dev/kvm exists (TCG: {tcgS} s)',
  kvmLateAlone: 'KVM is not used: a test guest did not end within {limitS} s, neither with KVM nor with TCG',
  kvmFailedLinux: 'KVM is not used: a Linux kernel did not reach user space',
  kvmFailedLongMode: 'KVM is not used: a 64-bit test guest did not run',
  kvmSlowLinux:
    'KVM is not used: a Linux kernel reached user space after {kvmS} s, too slow for KVM on real hardware (TCG: {tcgS} s)',
  kvmSlowLongMode:
    'KVM is not used: a 64-bit test guest ran after {kvmS} s, too slow for KVM on real hardware (TCG: {tcgS} s)',
  kvmMissing: 'KVM is not used: there is no {device}',
  kvmForbidden: 'KVM is not used: this user may not open {device} ({errno}); add the user to the group kvm',
  kvmDead: 'KVM is not used: {device} exists but does not work ({errno})',
  kvmRootOnly:
    'KVM is not used: only root may open {device}, but guests run as other users; give it to the group kvm (chgrp kvm, chmod 660)',
  kvmBlamedSilent: 'KVM is not used: {vmName} runs with TCG, and with KVM it showed no sign of life',
  kvmBlamedError: 'KVM is not used: {vmName} runs with TCG, and with KVM it reported an internal error',
} as const;

const driverTerms = {
  'storage.TOOL_MISSING': 'a program that the storage needs is missing on this host',
  'storage.DISK_EXISTS': 'a disk with that name already exists',
  'storage.DISK_NOT_FOUND': 'its disk is missing',
  'storage.SNAPSHOT_NOT_FOUND': 'the snapshot of its disk is missing',
  'storage.SNAPSHOT_EXISTS': 'its disk already has that snapshot',
  'storage.DISK_FULL': 'the disk of the host is full',
  'storage.STORAGE_FAILED': 'the storage reported an error',
  'network.TOOL_MISSING': 'a program or device that it needs is missing on this host',
  'network.NOT_ROOT': 'the agent must run as root for this',
  'network.POOL_EXHAUSTED': 'no network in its pool is free',
  'network.NETWORK_FULL': 'the network has no free address',
  'network.COMMAND_FAILED': 'a command of the host failed',
  'network.FEATURE_UNSUPPORTED': 'this network can’t do that',
  'network.OPTION_INVALID': 'one of its options is not valid',
  notConfigured: 'it is not configured',
  userNetworkingOnly: 'the configuration allows only user networking',
  'firewall.TOOL_MISSING': 'a program of the firewall is missing on this host',
  'firewall.NOT_ROOT': 'the agent must run as root for this',
  'firewall.RULE_REFUSED': 'the host refused the rules',
  'firewall.FEATURE_UNSUPPORTED': 'this firewall can’t do that',
  'firewall.BAD_DESTINATION': 'a destination is not an IPv4 address or CIDR',
  cgroupsOff: 'switched off in the configuration',
  cgroupsNotMounted: 'no cgroups are mounted',
  cgroupsFake: 'the fake driver limits nothing',
  cgroupControllers: 'controllers: {controllers}',
  cgroupControllersIn: 'controllers in {folder}: {controllers}',
  cgroupNoControllersIn: 'no controllers in {folder}',
  foreignForwardDrop:
    'the chain {chain} of the firewall table {table} drops packets between guests and other networks; run as root: {command}',
  foreignInputDrop:
    'the chain {chain} of the firewall table {table} drops requests of guests to this host (DHCP, DNS); run as root: {command}',
  'cgroups.NO_CONTROLLERS': 'the kernel offers no CPU or memory controller',
  'cgroups.NO_PERMISSION': 'the agent may not change cgroups',
  'cgroups.BAD_NAME': 'the VM id is not a valid name for a cgroup',
  'cgroups.NOT_FOUND': 'the VM has no cgroup',
  'cgroups.PROCESS_GONE': 'its process has ended',
  'cgroups.LIMIT_BELOW_USE': 'it uses more memory than the new limit allows',
  'cgroups.KILL_TIMEOUT': 'one of its processes does not end',
  'cgroups.CGROUP_FAILED': 'the kernel refused to change its cgroup',
} as const;

const vmTerms = {
  poweredOff: 'the guest powered off',
  stoppedByTt: 'stopped by TT',
  engineQuit: 'the engine was told to quit',
  guestPanicked: 'the kernel of the guest panicked',
  endedBySignal: 'its process was ended by a signal (SIGTERM, SIGINT or SIGHUP)',
  killedBy: 'its process was killed by {signal}',
  exitedWith: 'its process exited with status {exitCode}',
  crashed: 'its process crashed or was killed (SIGKILL leaves no trace)',
  hostOutOfMemory: 'the host had no memory left, and the kernel killed its process',
  startFailed: 'its start failed',
  endedWithoutAgent: 'it ended while no agent was running',
  processSilent: 'its process does not answer',
  sshNoSetup: 'it got no setup, and so not the SSH key of its ENV',
  sshNoAddress: 'no port leads to its port 22, and it has no address of its own',
  sshAnswerOdd: 'the server describes it with characters that don’t belong there',
  mediaMissing: '{media} in its CD drive is no longer on this host; eject it',
  pausedDiskFull: 'the guest is paused: its disk on the host is full',
  pausedDiskFailed: 'the guest is paused: its disk on the host failed',
  pausedDiskFullOrBroken: 'the guest is paused: its disk on the host is full or broken',
  diskFailed: 'its disk on the host failed; the guest saw the error',
  kvmInternalError: 'KVM reported an internal error',
  kvmNoSignOfLife: 'it showed no sign of life with KVM while it kept a processor busy',
  revertInterrupted: 'the agent was killed before all disks were reverted',
  noPowerOff: '{vmName} did not power off within {seconds} s',
  versionRemoved: 'version {version} of {profileName} has been removed in the meantime',
} as const;

const fileTerms = {
  notThere: 'it does not exist',
  folderNotThere: 'its folder does not exist',
  notFolder: 'a part of its path is not a folder',
  notPermitted: 'you have no permission to read or write it',
  isFolder: 'it is a folder',
  readOnly: 'it is read-only',
  noSpace: 'there is no space left',
  notPlainFile: 'it is not a regular file',
  shrankWhileSent: 'it became shorter while it was sent',
  exists: 'it already exists; --force overwrites it',
  writtenByOther: 'another tt (process {pid}) is writing it',
  nameNotForSsh: 'OpenSSH can’t read a file with such characters in its path',
  isFile: 'it is a file, not a folder',
  otherOwner: 'it belongs to another user (uid {uid})',
  pathTooLong: 'its path is too long',
} as const;

const listenTerms = {
  portInUse: 'another program already uses that port',
  portNotPermitted: 'this user may not listen on that port',
  addressNotHere: 'this computer does not have that address',
} as const;

const imageTerms = {
  nameTaken: 'another image has the name {name}, too',
  cut: 'its end is missing',
  tooShort: 'it has {sizeBytes} bytes, but at least {neededBytes} are needed',
  notIso: 'it is not an ISO 9660 image',
  tablesDamaged: 'its tables are damaged',
  fileMissing: '{file} is not there',
  empty: 'it is empty',
  unreadable: 'it can’t be read',
  onOtherFile: 'it depends on another file',
  hasParent: 'it depends on a parent disk',
  dataElsewhere: 'its data is in other files; export it as one file (or as .ova)',
  encrypted: 'it is encrypted',
  emptyDisk: 'its disk is empty',
  diskTooLarge: 'its disk has {bytes} bytes; the limit is {maxBytes}',
  fileTooLarge: 'it has more than {maxBytes} bytes',
  tookTooLong: 'it took too long',
  notQcow2: 'it is not a qcow2 image',
  noDiskImage: 'it is not a disk image TT knows; for a raw disk, specify the format raw',
  tooManyLayers: 'it has too many layers of compression',
  unpackFailed: 'it can’t be unpacked',
  beingWritten: 'another program is still writing to it',
  changedMeanwhile: 'it changed while it was imported',
  wholePath: 'specify its full path on the host',
  notHttp: 'it is not an http or https address',
  ovaNoDescriptor: 'it holds neither an .ovf descriptor nor a disk image',
  ovaNoDisk: 'its descriptor names no disk',
  ovaDisks: 'it has {disks} disks; an image has one',
  ovaDiskInPieces: 'its disk is split into several files',
  ovaDiskMissing: 'its disk {file} is not in it',
  memberTooLarge: '{file} is too large',
  fileTwice: '{file} is in it more than once',
  manifestLine: 'a line of its manifest can’t be read',
  manifestAlgorithm: 'its manifest uses {algorithm}, which TT does not know',
  manifestLacks: 'its manifest does not name {file}',
  serverHasLess: 'the file on the server is smaller than before',
  serverStatus: 'the server answered {status}',
  serverOtherPart: 'the server sent a different part than requested',
  serverNoPart: 'the server does not say which part it sent',
  linkCut: 'the connection ended after {done} of {total} bytes',
  idle: 'nothing arrived for {idleMs} ms',
  redirectNotHttp: 'it redirects to something that is not an http or https address',
  redirectToHttp: 'it redirects from https to http ({url})',
  tooManyRedirects: 'it redirects more than {max} times',
  innerAddress: 'it leads into the internal network of the host; only an administrator may import from there',
  noImageMade: 'the recipe made no image',
  outputNotEmpty: '{folder} is not empty',
  packageListsFailed: 'apt-get update failed',
  commandMissing: 'the command {command} is not installed',
} as const;

const capsuleTerms = {
  manifestUnreadable: 'its manifest can’t be read',
  manifestNotJson: 'its manifest is not JSON',
  manifestNotFirst: 'its first member is not the manifest',
  manifestTooLarge: 'its manifest is too large',
  vmNameTwice: 'two of its VMs have the same name',
  networkTwice: 'it has two networks of the same kind',
  networkUnknown: '{vmName} has a NIC in a network ({kind}) that the manifest does not list',
  memberTwice: 'the manifest lists a file twice',
  memberMissing: '{file} is missing',
  memberMisplaced: '{file} is not where the manifest says',
  memberChanged: '{file} was changed or damaged',
  memberNotPlain: '{file} is not a regular file',
  memberNotDisk: '{file} is not a disk',
  memberCut: 'the end of {file} is missing',
  memberOnOtherFile: '{file} depends on another file',
  memberDiskTooLarge: 'the disk in {file} is larger than the {sizeMiB} MiB the manifest says',
  memberRamTooLarge: '{file} is larger than the memory of {vmName}',
  disksDiffer: 'the disks of {vmName} do not match its configuration',
  nicsDiffer: 'the NICs of {vmName} do not match its configuration',
  moreThanManifest: 'it contains more than its manifest lists',
  tarInvalid: 'it is not a tar archive TT can read',
  endsEarly: 'it ends too early',
  ramUnfit: 'its saved memory can’t be loaded',
  badDestination: '“{destination}” is not an IPv4 address or CIDR',
  otherEngine: 'it was made with engine {there}, here it is {here}',
  otherMachineType: 'it was made with machine type {there}, here it is {here}',
  otherProcessor: 'it was made with processor {there}, here it is {here}',
} as const;

export const reasonTerms = {
  ...engineTerms,
  ...accelerationTerms,
  ...driverTerms,
  ...vmTerms,
  ...fileTerms,
  ...listenTerms,
  ...imageTerms,
  ...capsuleTerms,
  /** Only what another program said is known. */
  reported: 'an error was reported',
} as const;

/** What somebody can do about an image that could not be built. */
export const adviceTerms = {
  runDoctor: 'Run "npm run doctor" on the host, then build it again.',
  checkApt: 'Check the host’s network and its apt sources, then run "apt-get update" by hand to see what is wrong.',
  needDebian: 'Build this image on a Debian 12 machine, or copy a built image from one.',
  updateApt: 'Run "apt-get update" as root; the packages come from the Debian 12 (bookworm) sources.',
  checkNetwork: 'Check the network of the host and run "apt-get update" as root, then try again.',
  removeImage: 'Remove that image first; guests made from it need it as long as they exist.',
  installCommand: 'Install that command (Debian packages: dpkg, e2fsprogs, qemu-utils), then try again.',
  checkDisk: 'Check that the disk is not full and that the packages come from Debian 12, then try again.',
} as const;

/** How to make by hand an image that TT may not fetch. */
export const instructionTerms = {
  windowsServer2022:
    'Fetch the evaluation ISO from the Evaluation Center on microsoft.com, and the drivers (virtio-win.iso) from the virtio-win project. Bring both in with "npx tt image import FILE.iso". Make an ENV with a VM that has an empty disk of 40 GiB, 4 GiB of memory, UEFI and both CDs, boot from the CD, load the driver "viostor" when the installer sees no disk, install, shut down, and publish the VM as "qemu:windows-server-2022:eval".',
  windows11:
    'Fetch the evaluation ISO from the Evaluation Center on microsoft.com, and the drivers (virtio-win.iso) from the virtio-win project. Bring both in with "npx tt image import FILE.iso". Install as for Windows Server 2022, with 64 GiB of disk; before the first question press Shift+F10 and set "LabConfig\\BypassTPMCheck" in the registry, as TT’s machines have no TPM. Then publish the VM as "qemu:windows-11:eval".',
} as const;

/** How what another program said stands behind a sentence of ours. */
export const quoteTerms = {
  details: 'Details: “{quote}”',
} as const;
