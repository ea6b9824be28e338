// Why something failed, as a clause after a colon. What another program printed follows the sentence as a quote.
import { backupTerms, capsuleTerms } from './capsule-terms.ts';
import { documentTerms, planTerms } from './document-terms.ts';
import { findingTerms } from './finding-terms.ts';
import { imageTerms } from './image-terms.ts';

const engineTerms = {
  'engine.ENGINE_MISSING': 'its program is missing or does not run',
  'engine.START_FAILED': 'the engine could not start it',
  'guest.GUEST_HELPER_SILENT': 'the helper in the guest does not answer',
  'guest.GUEST_HELPER_INVALID': 'the helper in the guest breaks the protocol',
  'guest.GUEST_HELPER_OTHER_VERSION':
    'the helper in the guest speaks another version of the protocol, and could not be replaced',
  'guest.GUEST_CHANNEL_CLOSED': 'the connection to the guest ended',
  'guest.GUEST_AGENT_UNFIT': 'it has nothing that runs commands in it: its guest agent may not, or tools are missing',
  'guest.GUEST_AGENT_INVALID': 'its guest agent answers what makes no sense',
  'guest.GUEST_OUTPUT_LOST': 'its guest had no space for what the command printed',
  'guest.GUEST_REFUSED_COMMAND': 'the guest refused a command',
  'guest.GUEST_HELPER_ENDED': 'the helper in the guest was killed',
  'guest.GUEST_REVERTED': 'it was reverted to a snapshot',
  'guest.GUEST_RESET': 'it was reset',
  'guest.GUEST_RESTARTED': 'its guest restarted',
  guestHelperOld: 'the helper in the guest is older than TT, and could not be replaced',
  'guest.GUEST_SSH_SILENT': 'no SSH server answers',
  'guest.GUEST_SSH_HOST_KEY_WRONG': 'what answers has another host key',
  'guest.GUEST_SSH_LOGIN_REFUSED': 'its SSH server refuses the login',
  'guest.GUEST_SSH_INVALID': 'its SSH server breaks the protocol',
  'guest.GUEST_SSH_BUSY': 'too many SSH connections are in use',
  guestHelperOff: 'it has no port for the guest helper; switch that on while it is stopped',
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
  'network.BRIDGE_MISSING': 'the host has no bridge of the configured name',
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
  stoppedMeanwhile: 'it was stopped',
  agentEnded: 'the agent ended',
  deletedMeanwhile: 'it was deleted',
  notRunning: 'it is not running',
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
  sshOtherUser: 'over SSH it can only run as {user}, the user of the setup',
  sshWindowsEnvironment: 'the SSH server of Windows takes no variables',
  sshWindowsFolder: 'the SSH server of Windows starts in the home folder of the user',
  sshWindowsWords:
    'the SSH server of Windows takes one line for its shell, without %, !, quotes, or a backslash at the end of a word',
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
  changedWhileSent: 'it changed while it was sent',
  exists: 'it already exists; --force overwrites it',
  notAbsoluteInGuest: 'a path in a guest begins with /',
  severalNeedFolder: 'several files go into a folder, whose path ends with /',
  namedTwice: 'two of the files would have that name',
  writtenByOther: 'another tt (process {pid}) is writing it',
  nameNotForSsh: 'OpenSSH can’t read a file with such characters in its path',
  isFile: 'it is a file, not a folder',
  otherOwner: 'it belongs to another user (uid {uid})',
  pathTooLong: 'its path is too long',
  socketInUse: 'another program listens there',
  notSocket: 'something that is no socket has this name',
  othersWrite: 'others than its owner can write to it',
  othersWriteFolder: 'others than its owner can write to its folder',
  groupUnknown: 'there is no group {group} on this host',
  tooManyIncludes: 'it includes too many files, or itself',
  keyOfOther: 'the private key does not belong to its first certificate',
  notCertificate: 'it does not hold a certificate and the private key that belongs to it, both in PEM',
  certificateEnded: 'its certificate ended at {at}',
  notSettings: 'it does not hold settings of tt; select the server again with tt config',
} as const;

const listenTerms = {
  portInUse: 'another program already uses that port',
  portNotPermitted: 'this user may not listen on that port',
  addressNotHere: 'this computer does not have that address',
} as const;

/** What is wrong with a link that should open the desktop. */
const linkTerms = {
  'link.otherForm': 'it does not begin with tt://join/',
  'link.tooLong': 'it is longer than {max} characters',
  'link.noServer': 'what follows tt://join/ is no server, with or without a port',
  'link.noCode': 'it has no code to join with',
  'link.otherParts': 'behind the # are other parts than join and ca, or the fingerprint is none',
} as const;

export const reasonTerms = {
  ...findingTerms,
  ...engineTerms,
  ...accelerationTerms,
  ...driverTerms,
  ...vmTerms,
  ...fileTerms,
  ...listenTerms,
  ...imageTerms,
  ...capsuleTerms,
  ...backupTerms,
  ...documentTerms,
  ...planTerms,
  ...linkTerms,
  /** Only what another program said is known. */
  reported: 'an error was reported',
} as const;

/** How what another program said stands behind a sentence of ours. */
export const quoteTerms = {
  details: 'Details: “{quote}”',
} as const;
