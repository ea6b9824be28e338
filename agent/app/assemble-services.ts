// Chooses the drivers from the configuration and connects what the operations need.
import { reasonText, terms } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import { chooseNetworks, hostAddress } from './assemble-networks.ts';
import { readOrMakeToken } from '@tt/client/node';
import { AuditTrail } from '../audit/audit-trail.ts';
import { AuditWitness } from '../audit/audit-witness.ts';
import { BootFiles } from '../capsules/boot-files.ts';
import { CapsuleSeal } from '../capsules/capsule-seal.ts';
import type { Cgroups } from '../cgroups/interface.ts';
import { loadCgroups } from '../cgroups/load.ts';
import type { AgentConfig } from '../config.ts';
import { ConsolePresence } from '../console/console-presence.ts';
import { Consoles } from '../console/consoles.ts';
import { type EngineEntry, Engines } from '../engines/engines.ts';
import { loadEngines } from '../engines/load.ts';
import { onlyFakes } from '../engines/names.ts';
import { testKernelIn } from '../images/test-kernel.ts';
import { VmUserPool } from '../engines/vm-user-pool.ts';
import { uidRangeOf } from '../engines/vm-users.ts';
import { EventLog } from '../events/event-log.ts';
import { MetricsCollector, systemClock } from '../metrics/collector.ts';
import { MemoryUses } from '../metrics/memory-uses.ts';
import { UefiFirmware } from '../firmware/uefi.ts';
import { ForeignFirewalls } from '../firewall/foreign-firewalls.ts';
import type { Forward } from '../firewall/interface.ts';
import { PortPool } from '../firewall/port-pool.ts';
import { GuestChannels } from '../guest-channel/guest-channels.ts';
import { helperProgram } from '../guest-channel/helper-program.ts';
import type { Home } from '../home.ts';
import { freeBytesBelow } from '../host/file-system-space.ts';
import { HostChanges } from '../host/host-changes.ts';
import { memoryBackingOf } from '../host/memory-backing.ts';
import { readMemoryUse } from '../host/memory-use.ts';
import { Mutex } from '../host/mutex.ts';
import { ProvisioningWatch } from '../cloud-init/provisioning-watch.ts';
import { SshKeys } from '../cloud-init/ssh-keys.ts';
import { assembleBudget } from './assemble-budget.ts';
import { DetectedLimits } from './detected-limits.ts';
import { assembleImages } from './assemble-images.ts';
import { Inventory } from '../inventory/inventory.ts';
import { LabRegistry } from '../labs/lab-registry.ts';
import { BaseImages } from '../labs/base-images.ts';
import { TerminalGuard } from '../labs/terminal-guard.ts';
import { Activity } from '../metrics/activity.ts';
import { isBehindQemu } from '../network/behind-qemu.ts';
import type { Network } from '../network/interface.ts';
import { readLinkName } from '../network/names.ts';
import { openNetworkFolder } from '../network/network-folder.ts';
import type { Networks } from '../network/networks.ts';
import { chooseForwardAddress } from '../network/user/forward-address.ts';
import { memoryKillOf } from '../operations/engine-failure.ts';
import { EnvLocks } from '../operations/env-locks.ts';
import { OperationRegistry } from '../operations/operation-registry.ts';
import { GuestAddressWatch } from '../operations/vms/guest-addresses.ts';
import { ReadinessWatch } from '../operations/vms/readiness-watch.ts';
import { RunningVms } from '../operations/vms/running-vms.ts';
import type { Limits, Services, Settings } from '../operations/services.ts';
import { admitBytes } from '../operations/capacity/capacity.ts';
import { StartReservations } from '../operations/capacity/start-reservations.ts';
import { StoredBytes } from '../operations/capacity/stored-bytes.ts';
import type { TestOverrides } from './test-overrides.ts';
import { ImageUses } from '../warm/image-uses.ts';
import { WarmImages } from '../warm/warm-images.ts';
import { DeviceTokens } from '../people/device-tokens.ts';
import { OidcLogins } from '../people/oidc/oidc-logins.ts';
import { PasswordLogin } from '../people/password-login.ts';
import { Teams } from '../people/teams.ts';
import { Users } from '../people/users.ts';
import { Runs } from '../runs/runs.ts';
import { Shells } from '../shells/shells.ts';
import { VmSnapshots } from '../snapshots/vm-snapshots.ts';
import { SshGuests } from '../ssh/ssh-guests.ts';
import { sshTargetOf } from '../ssh/ssh-target.ts';
import type { StateStore } from '../state/store.ts';
import { confinement } from '../host/run-confined.ts';
import { diskFullError } from '../storage/disk-full-error.ts';
import { loadStorage } from '../storage/load.ts';
import { FileTransfers } from '../transfers/file-transfers.ts';
import type { Transfers } from '../transfers/interface.ts';
import { Templates } from '../templates/templates.ts';
import { RecordingFiles } from '../recordings/recording-files.ts';
import { ThumbnailFiles } from '../thumbnails/thumbnail-files.ts';

const MIB = 1024 * 1024;

export interface Parts {
  config: AgentConfig;
  settings: Settings;
  home: Home;
  store: StateStore;
  logger: Logger;
  now: () => Date;
  testOverrides: TestOverrides;
  /** The file of `tt-agent` that was started; null: the agent is part of another program. */
  entry: string | null;
}

export async function assembleServices(parts: Parts): Promise<Services> {
  const { config, settings, home, store, logger, now, testOverrides, entry } = parts;
  const hostId = rememberedHostId(store);
  const agentTag = hostId.replaceAll('-', '').slice(0, 4);
  const fake = onlyFakes(config.engines);
  const log = new EventLog(hostId, now);
  const inventory = new Inventory(store, log, hostId);
  const labs = new LabRegistry(store, log);
  const templates = new Templates(store, log);
  const users = new Users(store, now);
  const teams = new Teams(store, now);
  teams.onChange((userNames) => log.showAnew(userNames));
  const vmUsers = chooseUsers(config, agentTag);
  const toolUser = (await vmUsers?.toolUser(inventory.vms().map(({ placement }) => placement))) ?? null;
  if (!fake) await warnOfGaps(toolUser, logger);
  const storage =
    testOverrides.storage ??
    (await loadStorage(fake ? 'fake' : config.storage, {
      directory: home.diskDirectory,
      zfsDataset: config.zfsDataset,
      zfsVolumes: config.zfsVolumes,
      toolUser,
    }));
  await storage.init();
  const thumbnails = new ThumbnailFiles(home.thumbnailDirectory);
  await thumbnails.init();
  const recordings = new RecordingFiles(home.recordingDirectory);
  await recordings.init();
  const engines = new Engines(testOverrides.engines ?? enginesOf(parts), (engine, error) =>
    logger.error({ err: error, engine: engine.name }, 'the engine is not usable'),
  );
  const cgroups = testOverrides.cgroups ?? (await chooseCgroups(parts, agentTag));
  const memoryKill = (vmId: string) => memoryKillOf({ cgroups, logger }, vmId);
  const running = new RunningVms(inventory, memoryKill, (vmId, exit) => {
    logger.info({ vmId, ...exit, reason: reasonText(exit.reason, terms) }, 'VM ended');
    // Its processes are gone; what is left is an empty group.
    cgroups
      .destroy(vmId)
      .catch((error: unknown) => logger.warn({ err: error, vmId }, 'could not remove its cgroup; trying again later'));
  });
  running.onPending((vmId, error) => logger.error({ err: error, vmId }, 'the disk is full: it will be recorded later'));
  const { address: userAddress, problem } = await chooseForwardAddress(config.hostAddress, config.host);
  if (problem !== null)
    logger.warn({ address: userAddress, problem }, 'guests are reached at the same address as the window');
  const hostChanges = new HostChanges({
    file: path.join(home.directory, 'host-changes.json'),
    // The module of our limits brings the others along.
    isOwnInterface: (name) => readLinkName(agentTag, name) !== null || /^ifb\d+$/.test(name),
  });
  const { networks, firewalls } = await chooseNetworks({
    config,
    agentTag,
    stateDirectory: await openNetworkFolder(home.networkDirectory, agentTag),
    switches: { directory: home.switchDirectory, runRoot: home.runDirectory, entry },
    vmUids: vmUsers?.range ?? null,
    hostChanges,
    logger,
    fakeFirewall: testOverrides.firewall,
    onForwards: async (vmId, add, remove) => {
      // A guest that runs since before the address was another one listens where it did until it is started again.
      const listening = (forwards: readonly Forward[]) =>
        forwards.map((forward) => ({ ...forward, hostAddress: addressOf(inventory, vmId, forward) ?? userAddress }));
      await running.get(vmId)?.changeForwards(0, { add: listening(add), remove: listening(remove) });
    },
  });
  const reservations = new StartReservations();
  void engines.init();
  const warm = new WarmImages({ table: store.warmImages, lookEveryMs: testOverrides.warmLookMs });
  const guestHelper = testOverrides.guestHelper ?? (() => helperProgram());
  const images = assembleImages({
    config,
    home,
    toolUser,
    openToVmUsers: vmUsers !== null,
    engines,
    log,
    warm,
    guestHelper,
    testOverrides,
  });
  const stored = new StoredBytes({
    storage,
    inventory,
    images,
    labs,
    logger,
    now,
    transferBytes: (owner) => transfers.storedBytes(owner) + runs.storedBytes(owner),
  });
  const accounts = { settings, users, teams, inventory, reservations, images, stored };
  const budget = assembleBudget({
    accounts,
    storage,
    diskDirectory: home.diskDirectory,
    uploads: () => ({ folder: home.transferDirectory, owedBytes: transfers.owedBytes() }),
    logger,
  });
  const transfers: Transfers = new FileTransfers({
    directory: home.transferDirectory,
    now,
    // What has come is counted already in what is stored.
    admit: (owner, bytes) =>
      admitBytes(accounts, owner, { allocatedBytes: bytes, storedBytes: bytes - transfers.storedBytes(owner) }),
    budget,
  });
  await transfers.init();
  const guestChannels = new GuestChannels(guestHelper);
  const sshKeys = new SshKeys(path.join(home.directory, 'keys'));
  const hostKeys = new SshKeys(path.join(home.directory, 'host-keys'));
  const sshGuests = new SshGuests((vmId) => sshTargetOf({ inventory, running, sshKeys, hostKeys }, inventory.vm(vmId)));
  const runs = new Runs({
    directory: home.commandRunDirectory,
    inventory,
    running,
    guestChannels,
    sshGuests,
    log,
    budget,
    logger,
    now,
  });
  await runs.init();
  log.onPublish((type) => {
    if (type === 'env.deleted') runs.forgetGone();
  });
  const activity = new Activity();
  const audit = new AuditTrail({ file: home.auditFile, logger, now, limits: () => settings.current.audit });
  const witness = new AuditWitness({ trail: audit, inventory, now });
  const memoryUses = new MemoryUses({
    vms: () => running.list().map(({ id, process }) => ({ vmId: id, process })),
    read: readMemoryUse,
    clock: systemClock,
  });
  const metrics = new MetricsCollector({
    cgroups,
    sources: () => running.list().map(({ id, process }) => ({ vmId: id, process, taps: tapsOf(inventory, id) })),
    counters: (taps) => countersOf(networks, taps),
    onMetrics: (measured) => log.publishMetrics(measured),
    onProblem: (vmId, error) => logger.warn({ err: error, vmId }, 'can’t measure its resource use'),
    proportionalBytes: (vmId, process) => memoryUses.of(vmId, process),
  });
  return {
    hostId,
    fakeDrivers: fake,
    runRoot: home.runDirectory,
    hostAddress: (kind) =>
      isBehindQemu(kind) ? userAddress : (config.hostAddress ?? (testOverrides.hostAddress ?? hostAddress)()),
    settings,
    limits: limitsOf(settings, Math.floor((await storage.space()).totalBytes / MIB)),
    now,
    logger,
    log,
    inventory,
    operations: new OperationRegistry({
      log,
      now,
      envOwners: (envName) => inventory.ownersOf(envName),
      onChange: (operation) => {
        activity.operationChanged(operation);
        witness.operationChanged(operation);
      },
      diskFull: (subject, error) => diskFullError(subject, freeBytesBelow(home.directory), 0, error),
      onInternal: (error, operation) =>
        logger.error({ err: error, operationId: operation.id, kind: operation.kind }, 'operation failed'),
    }),
    locks: new EnvLocks(),
    allocation: new Mutex(),
    reservations,
    stored,
    budget,
    reserve: home.reserve,
    running,
    consoles: new Consoles({ sockets: (vmId) => running.get(vmId)?.sockets ?? null }),
    presence: new ConsolePresence({ tell: (vmId, change, who) => inventory.changeViewers(vmId, change, who), now }),
    guestChannels,
    shells: new Shells({ inventory, running, guestChannels, logger }),
    sshGuests,
    engines,
    storage,
    snapshots: new VmSnapshots(storage),
    thumbnails,
    recordings,
    networks,
    firewalls,
    hostChanges,
    foreignFirewalls: new ForeignFirewalls({ firewalls, logger }),
    ports: new PortPool({
      firstPort: config.firstPort,
      lastPort: config.lastPort,
      probeAddresses: isBehindQemu(networks.defaultKind) ? [userAddress] : ['0.0.0.0'],
    }),
    cgroups,
    vmUsers: await usableUsers(vmUsers, logger),
    images,
    warm,
    imageUses: new ImageUses(store.imageUses),
    sshKeys,
    hostKeys,
    provisioning: new ProvisioningWatch({ inventory, running, now, logger }),
    guestAddresses: new GuestAddressWatch({ inventory, running, guestChannels }),
    readiness: new ReadinessWatch({ inventory, running, now }),
    transfers,
    runs,
    labs,
    templates,
    users,
    teams,
    passwords: new PasswordLogin(now, testOverrides.passwordCost),
    oidc: new OidcLogins({ settings, users, now, logger }),
    deviceTokens: new DeviceTokens(store, now, () => settings.current.limits.tokens),
    baseImages: new BaseImages(home.baseDirectory, vmUsers !== null),
    terminals: new TerminalGuard(labs, now),
    uefi: new UefiFirmware(path.join(home.directory, 'firmware'), testOverrides.uefiPlaces),
    capsuleSeal: new CapsuleSeal(await readOrMakeToken(path.join(home.directory, 'capsule-key'))),
    bootFiles: new BootFiles(path.join(home.directory, 'boot')),
    metrics,
    memoryUses,
    activity,
    audit,
    witness,
    checkpoint: testOverrides.checkpoint ?? ((step) => logger.debug({ step }, 'step')),
  };
}

function enginesOf({ config, home, logger }: Parts): EngineEntry[] {
  return loadEngines(config.engines, {
    stateDirectory: path.join(home.directory, 'engine'),
    confined: process.getuid?.() === 0,
    acceleration: config.acceleration,
    testKernel: testKernelIn(config.imageDirectory),
    onCommand: (vmId, command) => logger.debug({ vmId, command }, 'qmp'),
  });
}

/** Where a port of a VM is written down to listen; null for a port it does not have yet. */
function addressOf(inventory: Inventory, vmId: string, { protocol, hostPort }: Forward): string | null {
  const mapping = inventory
    .findVm(vmId)
    ?.placement.portMap.find((one) => one.protocol === protocol && one.hostPort === hostPort);
  return mapping?.hostAddress ?? null;
}

/** Only root may start processes as somebody else. */
function chooseUsers(config: AgentConfig, agentTag: string): VmUserPool | null {
  if (onlyFakes(config.engines) || process.getuid?.() !== 0) return null;
  const { vmUsers } = config;
  const range = vmUsers ? { firstUid: vmUsers.first, count: vmUsers.count } : uidRangeOf(agentTag);
  return new VmUserPool(range);
}

/** What could not be taken from the programs that read files of others. */
async function warnOfGaps(toolUser: { uid: number } | null, logger: Logger): Promise<void> {
  const { network, privileges } = await confinement();
  const confined = { ownUser: toolUser !== null, network, privileges };
  if (Object.values(confined).includes(false)) {
    logger.warn({ confined }, 'programs that read images of others can’t be confined fully: see tt-agent doctor');
  }
}

async function usableUsers(users: VmUserPool | null, logger: Logger): Promise<VmUserPool | null> {
  const problem = (await users?.problem()) ?? null;
  if (problem === null) return users;
  logger.warn({ problem }, 'VMs run as this user: the host has no user ids for them');
  return null;
}

async function chooseCgroups({ config, home, logger }: Parts, agentTag: string): Promise<Cgroups> {
  if (onlyFakes(config.engines)) return loadCgroups({ agentTag, name: 'fake' });
  if (config.cgroups === 'off') return loadCgroups({ agentTag, name: 'none' });
  const backing = await memoryBackingOf(home.diskDirectory);
  if (backing) {
    const about = { folder: home.diskDirectory, ...backing };
    logger.warn(about, 'disks and snapshots are in memory: VMs may use that much more of it, and a reboot loses them');
  }
  return loadCgroups({ agentTag, fileBytes: backing?.totalBytes ?? 0 });
}

function limitsOf(settings: Settings, detectedDiskMiB: number): Limits {
  const detected = new DetectedLimits();
  const cpuCount = () => settings.current.cpuTotal ?? detected.current.cpuCount;
  return {
    cpuCount,
    total() {
      const { cpuOvercommit, memoryOvercommit, memoryTotalMiB, diskTotalMiB } = settings.current;
      return {
        cpuCount: Math.floor(cpuCount() * cpuOvercommit),
        memoryMiB: Math.floor((memoryTotalMiB ?? detected.current.memoryMiB) * memoryOvercommit),
        diskMiB: diskTotalMiB ?? detectedDiskMiB,
      };
    },
    startWidth: settings.current.startWidth ?? detected.current.cpuCount,
  };
}

function tapsOf(inventory: Inventory, vmId: string): string[] {
  return inventory.findVm(vmId)?.placement.nics.flatMap(({ tap }) => tap ?? []) ?? [];
}

async function countersOf(networks: Networks, taps: readonly string[]): ReturnType<Network['counters']> {
  const all = await Promise.all(networks.usable().map((network) => network.counters(taps)));
  return new Map(all.flatMap((counters) => [...counters]));
}

/** The host's id is created once and stored with its state. */
function rememberedHostId(store: StateStore): string {
  const known = store.settings.get('hostId');
  if (typeof known === 'string') return known;
  const made = randomUUID();
  store.settings.put('hostId', made);
  return made;
}
