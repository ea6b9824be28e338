// Chooses the drivers from the configuration and connects what the operations need.
import { reasonText, terms } from '@tt/protocol';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import { chooseNetworks, hostAddress } from './assemble-networks.ts';
import { readOrMakeToken } from '@tt/client/node';
import { assembleMetrics } from './assemble-metrics.ts';
import { chooseCgroups, chooseUsers, usableUsers, warnOfGaps } from './vm-isolation.ts';
import { AuditTrail } from '../audit/audit-trail.ts';
import { AuditWitness } from '../audit/audit-witness.ts';
import { BootFiles } from '../capsules/boot-files.ts';
import { CapsuleSeal } from '../capsules/capsule-seal.ts';
import type { AgentConfig, Settings } from '../config.ts';
import { ConsolePresence } from '../console/console-presence.ts';
import { Consoles } from '../console/consoles.ts';
import { type EngineEntry, Engines } from '../engines/engines.ts';
import { loadEngines } from '../engines/load.ts';
import { onlyFakes } from '../engines/names.ts';
import { testKernelIn } from '../images/test-kernel.ts';
import { EventLog } from '../events/event-log.ts';
import { UefiFirmware } from '../firmware/uefi.ts';
import { ForeignFirewalls } from '../firewall/foreign-firewalls.ts';
import type { Forward } from '../firewall/interface.ts';
import { PortPool } from '../firewall/port-pool.ts';
import { GuestChannels } from '../guest-channel/guest-channels.ts';
import { helperProgram } from '../guest-channel/helper-program.ts';
import type { Home } from '../home.ts';
import { freeBytesBelow } from '../host/file-system-space.ts';
import { HostChanges } from '../host/host-changes.ts';
import { Mutex } from '../host/mutex.ts';
import { ProvisioningWatch } from '../cloud-init/provisioning-watch.ts';
import { SshKeys } from '../cloud-init/ssh-keys.ts';
import { assembleBudget } from './assemble-budget.ts';
import { limitsOf } from './detected-limits.ts';
import { assembleImages } from './assemble-images.ts';
import { Inventory } from '../inventory/inventory.ts';
import { LabRegistry } from '../labs/lab-registry.ts';
import { BaseImages } from '../labs/base-images.ts';
import { TerminalGuard } from '../labs/terminal-guard.ts';
import { Activity } from '../metrics/activity.ts';
import { isBehindQemu } from '../network/behind-qemu.ts';
import { readLinkName } from '../network/names.ts';
import { openNetworkFolder } from '../network/network-folder.ts';
import { chooseForwardAddress } from '../network/user/forward-address.ts';
import { memoryKillOf } from '../operations/engine-failure.ts';
import { EnvLocks } from '../operations/env-locks.ts';
import { OperationRegistry } from '../operations/operation-registry.ts';
import { GuestAddressWatch } from '../operations/vms/guest-addresses.ts';
import { ReadinessWatch } from '../operations/vms/readiness-watch.ts';
import { RunningVms } from '../operations/vms/running-vms.ts';
import type { Services } from '../operations/services.ts';
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
import { diskFullError } from '../storage/disk-full-error.ts';
import { loadStorage } from '../storage/load.ts';
import { FileTransfers } from '../transfers/file-transfers.ts';
import type { Transfers } from '../transfers/interface.ts';
import { Templates } from '../templates/templates.ts';
import { PortHealths } from '../operations/vms/port-health.ts';
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
    logger.warn(
      { address: userAddress, problem: reasonText(problem, terms) },
      'guests are reached at the same address as the window',
    );
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
    transferBytes: (owner) => transfers.space.storedBytes(owner) + runs.storedBytes(owner),
  });
  const accounts = { settings, users, teams, inventory, reservations, images, stored };
  const budget = assembleBudget({
    accounts,
    storage,
    diskDirectory: home.diskDirectory,
    uploads: () => ({ folder: home.transferDirectory, owedBytes: transfers.space.owedBytes() }),
    logger,
  });
  const transfers: Transfers = new FileTransfers({
    directory: home.transferDirectory,
    now,
    // What has come is counted already in what is stored.
    admit: (owner, bytes) =>
      admitBytes(accounts, owner, { allocatedBytes: bytes, storedBytes: bytes - transfers.space.storedBytes(owner) }),
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
  const { metrics, memoryUses } = assembleMetrics({ cgroups, running, inventory, networks, log, logger });
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
    portHealths: new PortHealths({ inventory, nowMs: () => performance.now() }),
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

/** The host's id is created once and stored with its state. */
function rememberedHostId(store: StateStore): string {
  const known = store.settings.get('hostId');
  if (typeof known === 'string') return known;
  const made = randomUUID();
  store.settings.put('hostId', made);
  return made;
}
