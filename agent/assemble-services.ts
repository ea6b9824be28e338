// Chooses the drivers from the configuration and connects what the operations need.
import { randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import type { Logger } from 'pino';
import type { AgentConfig } from './config.ts';
import type { Engine } from './engines/interface.ts';
import { loadEngine } from './engines/load.ts';
import { EventLog } from './events/event-log.ts';
import { HostfwdFirewall } from './firewall/hostfwd/hostfwd.ts';
import type { Home } from './home.ts';
import { detectedMemoryMiB } from './host-service.ts';
import { ImageService } from './images/image-service.ts';
import type { Recipe } from './images/recipe.ts';
import { recipes } from './images/recipes/index.ts';
import { Inventory } from './inventory/inventory.ts';
import { UserNetwork } from './network/user/user-network.ts';
import { EnvLocks } from './operations/env-locks.ts';
import { MemoryClaims } from './operations/memory-claims.ts';
import { OperationRegistry } from './operations/operation-registry.ts';
import { RunningVms } from './operations/running-vms.ts';
import type { Services } from './operations/services.ts';
import { InDiskSnapshots } from './snapshots/in-disk.ts';
import type { StateStore } from './state/store.ts';
import type { Storage } from './storage/interface.ts';
import { loadStorage } from './storage/load.ts';

const MIB = 1024 * 1024;

/** Where a test may put its own in; each is otherwise chosen by the configuration. */
export interface Seams {
  now?: () => Date;
  engine?: Engine;
  storage?: Storage;
  recipes?: readonly Recipe[];
}

export interface Parts {
  config: AgentConfig;
  home: Home;
  store: StateStore;
  logger: Logger;
  now: () => Date;
  seams: Seams;
}

export async function assembleServices({ config, home, store, logger, now, seams }: Parts): Promise<Services> {
  const hostId = rememberedHostId(store);
  const fake = config.engine === 'fake';
  const log = new EventLog(hostId, now);
  const inventory = new Inventory(store, log, hostId);
  const storage = seams.storage ?? loadStorage(fake ? 'fake' : 'qcow2', { directory: home.diskDirectory });
  await storage.init();
  const engine = seams.engine ?? loadEngine(config.engine, { stateDirectory: path.join(home.directory, 'engine') });
  const firewall = new HostfwdFirewall({
    hostAddress: '127.0.0.1',
    firstPort: config.firstPort,
    lastPort: config.lastPort,
  });
  let engineProblem: string | null = null;
  const engineReady = engine.init().catch((error: unknown) => {
    engineProblem = error instanceof Error ? error.message : String(error);
    logger.error({ err: error, engine: engine.name }, 'the engine is not usable');
    throw new TtError('ENGINE_MISSING', { engine: engine.name, reason: engineProblem }, { cause: error });
  });
  // Whoever needs the engine gets the rejection; nobody needing it must not end the process.
  engineReady.catch(() => {});
  const images = new ImageService({
    directory: config.imageDirectory,
    cacheDirectory: home.cacheDirectory,
    recipes: seams.recipes ?? recipes,
    onChange: (image) => log.publish('image.updated', image),
  });
  return {
    hostId,
    runRoot: home.runDirectory,
    limits: {
      memoryTotalMiB: config.memoryTotalMiB ?? detectedMemoryMiB(),
      diskTotalMiB: config.diskTotalMiB ?? Math.floor((await storage.space()).totalBytes / MIB),
      startWidth: cpus().length,
    },
    now,
    logger,
    log,
    inventory,
    operations: new OperationRegistry(log, now, (error, operation) =>
      logger.error({ err: error, operationId: operation.id, kind: operation.kind }, 'operation failed'),
    ),
    locks: new EnvLocks(),
    claims: new MemoryClaims(),
    running: new RunningVms(inventory, (vmId, exit) => logger.info({ vmId, ...exit }, 'vm ended')),
    engine,
    engineReady: () => engineReady,
    engineProblem: () => engineProblem,
    storage,
    snapshots: new InDiskSnapshots(storage),
    network: new UserNetwork(),
    firewall,
    images,
  };
}

/** The host's id is made once and kept with its state. */
function rememberedHostId(store: StateStore): string {
  const known = store.settings.get('hostId');
  if (typeof known === 'string') return known;
  const made = randomUUID();
  store.settings.put('hostId', made);
  return made;
}
