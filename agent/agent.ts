// Assembles the agent: constructs the parts, connects them, starts and stops them. Contains no logic of its own.
import { reason, TtError } from '@tt/protocol';
import {
  type HttpServer,
  Identities,
  Logins,
  LogTail,
  openTlsIdentity,
  renewTlsIdentity,
  serveContract,
  type TlsIdentity,
  Tickets,
  type UnixPlace,
} from '@tt/server';
import type { Logger } from 'pino';
import type { AgentPurpose, CallContext } from './api/context.ts';
import { Pictures } from './api/pictures.ts';
import { router } from './api/router.ts';
import { assembleAdministration } from './app/assemble-administration.ts';
import { assembleServices } from './app/assemble-services.ts';
import { guestRefusal } from './app/guest-connections.ts';
import { HostService } from './app/host-service.ts';
import { chooseListenPort } from './app/listen-port.ts';
import { prepareHost } from './app/prepare-host.ts';
import { runInRequest } from './app/request-scope.ts';
import type { TestOverrides } from './app/test-overrides.ts';
import { LiveConfig } from './config/live-config.ts';
import type { AgentConfig } from './config.ts';
import { streamEndpoint } from './app/stream-endpoint.ts';
import { onlyFakes } from './engines/names.ts';
import { type Home, openHome } from './home.ts';
import { clockOf, hostClock } from './host/boot-clock.ts';
import { isDiskFull } from './host/disk-full.ts';
import { groupIdOf } from './host/group-id.ts';
import { FolderWatch } from './images/folder-watch.ts';
import { renderMetrics } from './metrics/render-metrics.ts';
import { agentTasks } from './operations/background/agent-tasks.ts';
import { BackgroundTasks } from './operations/background/background-tasks.ts';
import { ClockWatch } from './operations/background/clock-watch.ts';
import { reconcile } from './operations/background/reconcile.ts';
import { tearDown } from './operations/background/tear-down.ts';
import { undoNetwork } from './operations/background/undo-network.ts';
import { droppedImports } from './operations/images/import-dropped.ts';
import { KvmWatch } from './operations/vms/kvm-watch.ts';
import { peopleDirectory } from './people/people-directory.ts';
import { StateStore } from './state/store.ts';
import { AGENT_VERSION } from './version.ts';

export interface Agent {
  url: string;
  token: string;
  /** PEM of the authority that clients pin; null without TLS, or with a certificate of the administrator that ends elsewhere. */
  authority: string | null;
  /** Names of VMs that run right now. */
  runningVms(): string[];
  /** Ends the agent; the VMs keep running. */
  stop(): Promise<void>;
}

/**
 * `testOverrides` is for tests: a clock and drivers of their own instead of those the configuration names. `live` is what changes
 * when the file is read again; by default nothing does. `logTail`: the newest lines of the log, which `logger` writes there too. `entry`: the file of
 * `tt-agent`, which the agent starts again for the switches of its networks; null: there are none.
 */
export async function startAgent(
  config: AgentConfig,
  logger: Logger,
  testOverrides: TestOverrides = {},
  live = new LiveConfig(config),
  logTail = new LogTail(),
  entry: string | null = null,
): Promise<Agent> {
  const undo: (() => unknown)[] = [];
  try {
    const home = await openHome(config.home, onlyFakes(config.engines) ? 'fake' : 'real');
    undo.push(() => home.release());
    return await startIn(home, config, logger, testOverrides, live, { logTail, entry }, undo);
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw asStateProblem(error, config.home);
  }
}

/** A file system that is full says so without a name of a file, which would be shown as a fault of the program. */
function asStateProblem(error: unknown, folder: string): unknown {
  if (error instanceof TtError || !isDiskFull(error)) return error;
  return new TtError('STATE_UNUSABLE', { folder, reason: reason('noSpace') }, { cause: error });
}

async function startIn(
  home: Home,
  config: AgentConfig,
  logger: Logger,
  testOverrides: TestOverrides,
  live: LiveConfig,
  { logTail, entry }: { logTail: LogTail; entry: string | null },
  undo: (() => unknown)[],
): Promise<Agent> {
  const now = testOverrides.now ?? (() => new Date());
  const store = new StateStore(home.databaseFile, {
    reserve: home.reserve,
    onMigration: (migration) => logger.info(migration, 'migrating the state of an older TT; a copy is kept'),
  });
  undo.push(() => store.close());
  const services = await assembleServices({ config, settings: live, home, store, logger, now, testOverrides, entry });
  const clock = testOverrides.clock ?? (testOverrides.now ? clockOf(testOverrides.now) : hostClock);
  const host = new HostService(services, AGENT_VERSION);
  undo.push(() => services.audit.close());
  const tickets = new Tickets<AgentPurpose>(now, (purpose) => services.witness.ticketIssued(purpose));
  const pictures = new Pictures(services, host);
  const directory = peopleDirectory(services.users, services.deviceTokens);
  const identities = new Identities(home.token, config.users, directory);
  undo.push(live.onChange(({ users }) => identities.replaceUsers(users)));
  const logins = new Logins(identities, now, store.loginStore());
  const tasks = new BackgroundTasks({ logger, now });
  await services.images.init();
  if (config.prepareImages) services.images.expect(services.images.missing());
  const imageWatch = new FolderWatch((error) => logger.error({ err: error }, 'the image folder can’t be watched'));
  undo.push(() => imageWatch.close());
  // Taking guests up again needs their engines; without guests the window should not wait for the probes.
  if (services.inventory.vms().length > 0 || services.warm.list().length > 0) await services.engines.settled();
  // Before guests are taken up: one may be in trouble already.
  const kvmWatch = new KvmWatch(services, testOverrides.kvmWatch);
  await reconcile(services);
  services.runs.endLost();
  // No start waits for it: it looks only at what there was before.
  void services.audit.endLost();
  await services.foreignFirewalls.look().catch((error: unknown) => {
    logger.warn({ err: error }, 'could not read the rules of other firewalls; trying again soon');
  });

  const tls = await tlsOf(config, home, now);
  undo.push(tls ? live.onReload(() => void renewTlsIdentity(tls, logger)) : () => {});
  const { administration, hour } = assembleAdministration({
    services,
    host,
    tasks,
    home,
    config,
    live,
    tls,
    logTail,
    testOverrides,
  });
  const socket = await socketOf(config);
  const server = await serve(await chooseListenPort(config, services.inventory.vms(), await home.lastPort()));
  undo.push(() => server.close());
  const clocks = new ClockWatch({ clock, store, inventory: services.inventory, logger });
  const { expiryLookMs, diskLookMs, hostLookMs, storedLookMs, warmTaskMs, readinessLookMs } = testOverrides;
  const kvmLookMs = testOverrides.kvmWatch?.lookEveryMs;
  const looks = { expiryLookMs, diskLookMs, kvmLookMs, hostLookMs, storedLookMs, warmTaskMs, readinessLookMs };
  tasks.start(agentTasks({ services, host, clocks, kvmWatch, tls, hour, ...looks }));
  services.images.follow(imageWatch, droppedImports(services));
  const authority = tls?.pinned?.authority ?? null;
  await home.announce({ url: server.url, authority }, now());
  logger.info(
    {
      url: server.url,
      socketFile: socket?.file,
      fingerprint: tls?.pinned?.fingerprint,
      home: config.home,
      pid: process.pid,
    },
    'agent ready',
  );
  const preparing = prepareHost(services, host, config.prepareImages);

  return {
    url: server.url,
    token: home.token,
    authority,
    runningVms: () => services.running.list().map(({ id }) => services.inventory.vm(id).name),
    async stop() {
      await tasks.stop();
      await services.operations.drain();
      await services.runs.close();
      await services.shells.close();
      services.presence.stop();
      services.guestChannels.close();
      services.sshGuests.close();
      await preparing;
      await imageWatch.close();
      if (config.tearDownOnExit) await tearDown(services);
      if (config.undoNetworkAtEnd) await undoNetwork(services);
      services.running.detachAll();
      await server.close();
      await services.transfers.close();
      services.witness.close();
      services.audit.close();
      store.close();
      await home.release();
      logger.info('agent ended');
    },
  };

  function serve(port: number): Promise<HttpServer> {
    return serveContract({
      host: config.host,
      port,
      tls: tls ?? undefined,
      socket,
      names: config.tls.names,
      identities,
      logins,
      calls: {
        router,
        contextFor: (border): CallContext => ({
          ...border,
          services,
          host,
          tasks,
          administration,
          tickets,
          pictures,
          identities,
        }),
        scope: runInRequest,
        onInternal: (error, requestId) => logger.error({ err: error, requestId }, 'call failed'),
        witness: services.witness.call,
        onRefused: services.witness.refused,
        onCall(method, result, durationMs) {
          services.activity.callEnded(method, result, durationMs);
          hour.callEnded(result, durationMs);
        },
      },
      streams: streamEndpoint(services, tickets),
      guard: guestRefusal({ vms: () => services.running.list().map(({ id }) => services.inventory.vm(id)), logger }),
      metrics: () =>
        renderMetrics({
          host: () => host.view(),
          vms: () => services.inventory.vms().map((vm) => services.inventory.vmView(vm)),
          envCount: () => services.inventory.envs().length,
          counted: () => services.metrics.counted(),
          eventFollowers: () => services.log.followerCount,
          tasks: () => tasks.list(),
          activity: services.activity,
          audit: services.audit,
        }),
      windowDirectory: config.windowDirectory,
      version: AGENT_VERSION,
      limits: () => live.current.limits,
      logger,
    });
  }
}

/** null: plain HTTP, at loopback. */
function tlsOf({ host, tls }: AgentConfig, home: Home, now: () => Date): Promise<TlsIdentity | null> {
  const { mode, certificateFile, keyFile, names } = tls;
  const own = certificateFile !== null && keyFile !== null ? { certificateFile, keyFile } : null;
  return openTlsIdentity({ host, always: mode === 'always', folder: home.tlsDirectory, own, names, now });
}

/** Rejects with FILE_UNUSABLE if its group is not there. */
async function socketOf({ socketFile: file, socketGroup }: AgentConfig): Promise<UnixPlace | undefined> {
  if (file === null) return undefined;
  if (socketGroup === null) return { file, groupId: null };
  const groupId = await groupIdOf(socketGroup);
  if (groupId === null)
    throw new TtError('FILE_UNUSABLE', { file, reason: reason('groupUnknown', { group: socketGroup }) });
  return { file, groupId };
}
