// Hand assembly of the agent: constructs the parts, connects them, starts and stops them. No logic of its own.
import { type HttpServer, Identities, JoinCodes, serveContract, Tickets } from '@tt/server';
import type { Logger } from 'pino';
import type { AgentPurpose, CallContext } from './api/context.ts';
import { router } from './api/router.ts';
import { assembleServices } from './app/assemble-services.ts';
import type { Seams } from './app/test-overrides.ts';
import { LiveConfig } from './config/live-config.ts';
import type { AgentConfig } from './config.ts';
import { streamDoor } from './app/stream-endpoint.ts';
import { guestRefusal } from './app/guest-connections.ts';
import { chooseListenPort } from './app/listen-port.ts';
import { type Home, openHome } from './home.ts';
import { clockOf, hostClock } from './host/boot-clock.ts';
import { FolderWatch } from './images/folder-watch.ts';
import { HostService } from './app/host-service.ts';
import { dropLeftWrites } from './labs/discard-writes.ts';
import { renderMetrics } from './metrics/render-metrics.ts';
import { ClockWatch } from './operations/clock-watch.ts';
import { startExpiry } from './operations/expiry.ts';
import { droppedImports } from './operations/images/import-dropped.ts';
import { rekeyWaiting } from './operations/copies/identity/rekey-copies.ts';
import { reconcile, retryUnknown } from './operations/reconcile.ts';
import { tidyStorage } from './operations/sweep-sources.ts';
import { tearDown } from './operations/tear-down.ts';
import { repairWiring } from './operations/restore-wiring.ts';
import { KvmWatch } from './operations/kvm-watch.ts';
import { prepareHost } from './app/prepare-host.ts';
import { runInRequest } from './app/request-scope.ts';
import { StateStore } from './state/store.ts';

export const AGENT_VERSION = '0.1.0';
const LOOK_EVERY_MS = 5_000;
/** Rules and networks are held against what should be; one listing of ten thousand rules takes 0.2 s. */
const REPAIR_EVERY_MS = 10_000;
/** Guests that are being set up are asked how far they are. */
const PROVISIONING_EVERY_MS = 2_000;

export interface Agent {
  url: string;
  token: string;
  /** Names of VMs that run right now. */
  runningVms(): string[];
  /** Ends the agent; the VMs keep running. */
  stop(): Promise<void>;
}

/**
 * `seams` is for tests: a clock and drivers of their own instead of those the configuration names. `live` is what changes
 * when the file is read again; by default nothing does.
 */
export async function startAgent(
  config: AgentConfig,
  logger: Logger,
  seams: Seams = {},
  live = new LiveConfig(config),
): Promise<Agent> {
  const home = await openHome(config.home, config.engine === 'fake' ? 'fake' : 'real');
  const undo: (() => unknown)[] = [() => home.release()];
  try {
    return await startIn(home, config, logger, seams, live, undo);
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw error;
  }
}

async function startIn(
  home: Home,
  config: AgentConfig,
  logger: Logger,
  seams: Seams,
  live: LiveConfig,
  undo: (() => unknown)[],
): Promise<Agent> {
  const now = seams.now ?? (() => new Date());
  const store = new StateStore(home.databaseFile);
  undo.push(() => store.close());
  const services = await assembleServices({ config, settings: live, home, store, logger, now, seams });
  const clock = seams.clock ?? (seams.now ? clockOf(seams.now) : hostClock);
  const host = new HostService(services, AGENT_VERSION);
  const tickets = new Tickets<AgentPurpose>(now);
  const identities = new Identities(home.token, config.users);
  undo.push(live.onChange(({ users }) => identities.replaceUsers(users)));
  const joinCodes = new JoinCodes(identities, now);
  await services.images.init();
  const imageWatch = new FolderWatch((error) => logger.error({ err: error }, 'the image folder can’t be watched'));
  undo.push(() => imageWatch.close());
  // Taking guests up again needs the engine; without guests the window should not wait for the probe.
  if (services.inventory.vms().length > 0) await services.engineReady().catch(() => {});
  // Before guests are taken up: one may be in trouble already.
  const kvmWatch = new KvmWatch(services, seams.kvmWatch);
  await reconcile(services);

  const server = await serve(await chooseListenPort(config, services.inventory.vms()));
  undo.push(() => server.close());
  const clocks = new ClockWatch({ clock, store, inventory: services.inventory, logger });
  const stopExpiry = startExpiry(services, clocks, seams.expiryLookMs);
  const regularly = [
    every(LOOK_EVERY_MS, look),
    every(REPAIR_EVERY_MS, () => repairWiring(services)),
    every(seams.kvmWatch?.lookEveryMs ?? LOOK_EVERY_MS, () => kvmWatch.look()),
    every(PROVISIONING_EVERY_MS, () => services.provisioning.look()),
  ];
  services.figures.start();
  services.images.follow(imageWatch, droppedImports(services));
  await home.announce(server.url, now());
  logger.info({ url: server.url, home: config.home, pid: process.pid }, 'agent ready');
  const preparing = prepareHost(services, host, config.prepareImages);

  return {
    url: server.url,
    token: home.token,
    runningVms: () => services.running.list().map(({ id }) => services.inventory.vm(id).name),
    async stop() {
      for (const timer of regularly) clearInterval(timer);
      stopExpiry();
      await services.figures.stop();
      await services.operations.drain();
      await preparing;
      await imageWatch.close();
      if (config.tearDownOnExit) await tearDown(services);
      services.running.detachAll();
      await server.close();
      store.close();
      await home.release();
      logger.info('agent ended');
    },
  };

  /** What changes without an event: free space, and guests that did not answer. */
  async function look(): Promise<void> {
    await host.measure();
    await retryUnknown(services);
    await rekeyWaiting(services);
    await services.transfers.sweep();
    await dropLeftWrites(services);
    await tidyStorage(services);
  }

  function every(intervalMs: number, work: () => Promise<unknown>): NodeJS.Timeout {
    let busy = false;
    return setInterval(() => {
      if (busy) return;
      busy = true;
      work()
        .catch((error: unknown) => logger.error({ err: error }, 'the regular look at the host failed'))
        .finally(() => {
          busy = false;
        });
    }, intervalMs);
  }

  function serve(port: number): Promise<HttpServer> {
    return serveContract({
      host: config.host,
      port,
      identities,
      joinCodes,
      calls: {
        router,
        contextFor: (requestId, caller, peerAddress): CallContext => ({
          services,
          host,
          tickets,
          joinCodes,
          requestId,
          caller,
          peerAddress,
        }),
        scope: runInRequest,
        onInternal: (error, requestId) => logger.error({ err: error, requestId }, 'call failed'),
        onCall: (method, result, durationMs) => services.activity.callEnded(method, result, durationMs),
      },
      streams: streamDoor(services, tickets),
      guard: guestRefusal({ vms: () => services.running.list().map(({ id }) => services.inventory.vm(id)), logger }),
      metrics: () =>
        renderMetrics({
          host: () => host.view(),
          vms: () => services.inventory.vms(),
          envCount: () => services.inventory.envs().length,
          counted: () => services.figures.counted(),
          eventFollowers: () => services.log.followerCount,
          activity: services.activity,
        }),
      windowDirectory: config.windowDirectory,
      version: AGENT_VERSION,
      logger,
    });
  }
}
