// What the recipes (operations) work with. Assembled once in agent.ts; tests assemble it with fakes.
import type { Logger } from 'pino';
import type { Engine } from '../engines/interface.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Firewall } from '../firewall/interface.ts';
import type { ImageService } from '../images/image-service.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Network } from '../network/interface.ts';
import type { VmSnapshots } from '../snapshots/interface.ts';
import type { Storage } from '../storage/interface.ts';
import type { EnvLocks } from './env-locks.ts';
import type { MemoryClaims } from './memory-claims.ts';
import type { OperationRegistry } from './operation-registry.ts';
import type { RunningVms } from './running-vms.ts';

export interface Limits {
  /** Memory that may be promised to running VMs. */
  memoryTotalMiB: number;
  /** Disk that may be promised to VMs (their virtual sizes). */
  diskTotalMiB: number;
  /** Guests that may be starting at once. */
  startWidth: number;
}

export interface Services {
  hostId: string;
  /** Folder whose subfolders hold sockets and logs of the VMs. */
  runRoot: string;
  limits: Limits;
  now: () => Date;
  logger: Logger;
  log: EventLog;
  inventory: Inventory;
  operations: OperationRegistry;
  locks: EnvLocks;
  claims: MemoryClaims;
  running: RunningVms;
  engine: Engine;
  /** Resolves when the engine has been found and probed; rejects with ENGINE_MISSING. May take seconds at first start. */
  engineReady: () => Promise<void>;
  /** Why the engine is not usable; null while it is (or while that is not known yet). */
  engineProblem: () => string | null;
  storage: Storage;
  snapshots: VmSnapshots;
  network: Network;
  firewall: Firewall;
  images: ImageService;
}
