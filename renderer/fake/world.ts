// The in-memory world behind the fake bridge: what an agent would know, and a feed of what happens to it.
import type {
  Env,
  EventData,
  EventSource,
  EventType,
  FeedItem,
  Figures,
  Host,
  Image,
  Lab,
  Me,
  Operation,
  Profile,
  Snapshot,
  Transfer,
  TtEvent,
  Vm,
  SessionView,
} from '@tt/protocol';
import { TtError } from '@tt/protocol';

export class FakeWorld {
  host: Host;
  readonly images = new Map<string, Image>();
  readonly envs = new Map<string, Env>();
  readonly vms = new Map<string, Vm>();
  readonly snapshots = new Map<string, Snapshot>();
  readonly labs = new Map<string, Lab>();
  readonly profiles = new Map<string, Profile>();
  readonly operations = new Map<string, Operation>();
  /** Files on their way, with what has arrived of each. */
  readonly transfers = new Map<string, { transfer: Transfer; bytes: Uint8Array }>();
  /** How long one step of an operation takes; tests use 0. */
  stepMs: number;
  /** Sessions of browsers. */
  logins: SessionView[] = [true, false].map((isThis, index) => ({
    id: `0000000${index}-0000-4000-8000-000000000000`,
    userName: 'mei',
    createdAt: '2026-11-21T08:00:00.000Z',
    lastUsedAt: '2026-11-21T09:30:00.000Z',
    expiresAt: '2026-11-21T20:00:00.000Z',
    address: `192.0.2.${index + 1}`,
    userAgent: isThis ? 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140' : 'Mozilla/5.0 (Windows NT 10.0) Firefox/145',
    isThis,
  }));
  /** Who asks, and what they may have at most; what they have is counted. */
  me: Omit<Me, 'used'> = {
    name: 'mei',
    role: 'admin',
    quota: { envs: null, vms: null, cpuCount: null, memoryMiB: null, diskMiB: null },
  };
  /** False: every call fails as when the agent is gone. */
  isReachable = true;
  revision = 0;
  readonly source: EventSource = { hostId: 'host-1', epoch: 'fake' };
  readonly #followers = new Set<(item: FeedItem | null) => void>();
  #nextId = 1;

  constructor(host: Host, stepMs: number) {
    this.host = host;
    this.stepMs = stepMs;
  }

  newId(kind: string): string {
    return `${kind}-${this.#nextId++}`;
  }

  emit<Type extends EventType>(type: Type, data: EventData<Type>): void {
    this.revision++;
    const at = new Date().toISOString();
    const event = { type, data, at, revision: this.revision, source: this.source } as unknown as TtEvent;
    for (const follower of this.#followers) follower({ kind: 'event', event });
  }

  /** One second's figures: carried by the feed, but no event and no revision. */
  emitFigures(figures: Figures): void {
    for (const follower of this.#followers) follower({ kind: 'figures', figures });
  }

  putEnv(env: Env, type: 'env.created' | 'env.updated' = 'env.updated'): void {
    this.envs.set(env.name, env);
    this.emit(type, env);
  }

  putVm(vm: Vm, type: 'vm.created' | 'vm.updated' = 'vm.updated'): void {
    this.vms.set(vm.id, vm);
    this.emit(type, vm);
    this.refreshEnv(vm.envName);
  }

  removeVm(vmId: string): void {
    const envName = this.vms.get(vmId)?.envName;
    if (envName === undefined) return;
    this.vms.delete(vmId);
    this.emit('vm.deleted', { id: vmId, envName });
    this.refreshEnv(envName);
  }

  putOperation(operation: Operation): void {
    this.operations.set(operation.id, operation);
    this.emit('operation.updated', operation);
  }

  vmsOf(envName: string): Vm[] {
    return [...this.vms.values()].filter((vm) => vm.envName === envName);
  }

  putSnapshot(snapshot: Snapshot): Snapshot {
    this.snapshots.set(snapshot.id, snapshot);
    this.emit('snapshot.updated', snapshot);
    return snapshot;
  }

  /** The state of an ENV follows from its VMs; so does what the host has promised. */
  refreshEnv(envName: string): void {
    const env = this.envs.get(envName);
    if (!env) return;
    const states = this.vmsOf(envName).map(({ state }) => state);
    const running = states.filter((state) => state === 'running').length;
    const state =
      states.length === 0
        ? 'empty'
        : states.includes('creating')
          ? 'creating'
          : states.includes('failed')
            ? 'failed'
            : running === states.length
              ? 'running'
              : running > 0
                ? 'partial'
                : 'stopped';
    this.putEnv({ ...env, state, vmIds: this.vmsOf(envName).map(({ id }) => id) });
    this.refreshHost();
  }

  refreshHost(): void {
    const running = [...this.vms.values()].filter(({ state }) => state === 'running');
    const sum = (each: (vm: Vm) => number, vms = running) => vms.reduce((total, vm) => total + each(vm), 0);
    this.host = {
      ...this.host,
      runningVms: running.length,
      ports: { ...this.host.ports, used: sum(({ portMap }) => portMap.length, [...this.vms.values()]) },
      cpu: { ...this.host.cpu, used: sum(({ resources }) => resources.cpuCount) },
      memory: { ...this.host.memory, usedMiB: sum(({ resources }) => resources.memoryMiB) },
      disk: {
        ...this.host.disk,
        usedMiB: sum(({ disks }) => disks.reduce((total, { sizeMiB }) => total + sizeMiB, 0), [...this.vms.values()]),
      },
    };
    this.emit('host.updated', this.host);
  }

  /** Cuts the link: feeds end, calls fail. */
  cut(): void {
    this.isReachable = false;
    for (const follower of this.#followers) follower(null);
  }

  mend(): void {
    this.isReachable = true;
  }

  checkReachable(): void {
    if (!this.isReachable) throw new TtError('AGENT_UNREACHABLE', { url: 'wss://lab.example/api/rpc' });
  }

  async *follow(signal: AbortSignal | undefined): AsyncGenerator<FeedItem> {
    this.checkReachable();
    const queue: (FeedItem | null)[] = [this.#picture()];
    let wake = () => {};
    const follower = (item: FeedItem | null) => {
      queue.push(item);
      wake();
    };
    this.#followers.add(follower);
    signal?.addEventListener('abort', () => follower(null));
    try {
      for (;;) {
        if (signal?.aborted) return;
        const item = queue.shift();
        if (item === null) throw new TtError('AGENT_UNREACHABLE', { url: 'wss://lab.example/api/rpc' });
        if (item) yield item;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#followers.delete(follower);
    }
  }

  #picture(): FeedItem {
    const state = {
      host: this.host,
      images: [...this.images.values()],
      envs: [...this.envs.values()],
      vms: [...this.vms.values()],
      snapshots: [...this.snapshots.values()],
      labs: [...this.labs.values()],
      profiles: [...this.profiles.values()],
      operations: [...this.operations.values()],
    };
    return { kind: 'snapshot', revision: this.revision, source: this.source, state };
  }
}
