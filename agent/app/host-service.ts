// This host as clients see it: capacity, allocations, engines, and the progress of startup. Notifies followers of changes.
import { hostname } from 'node:os';
import { type ErrorRecord, type EventType, FAKE_DRIVERS, type Host } from '@tt/protocol';
import { allocatedNow } from '../operations/capacity/capacity.ts';
import type { Services } from '../operations/services.ts';

const MIB = 1024 * 1024;

/** Measured memory that changed by less is no news: it always changes. */
const MEMORY_STEP_MIB = 64;

/** Between two updates of allocations: each counts all VMs, and a thousand that start would each cause one. */
const ALLOCATIONS_EVERY_MS = 100;

type StartupStep = Host['startup'][number];

export class HostService {
  readonly #services: Services;
  readonly #version: string;
  /** When this agent process started, ISO 8601. */
  readonly startedAt: string;
  readonly #startup = new Map<StartupStep['step'], StartupStep>();
  /** As of the last measurement: each look at it asks the kernel. */
  #name = hostname();
  #freeMiB = 0;
  #toldMiB: number | null = null;
  #publishing = false;
  #publishedMs = Number.NEGATIVE_INFINITY;
  #published = '';

  constructor(services: Services, version: string) {
    this.#services = services;
    this.#version = version;
    this.startedAt = services.now().toISOString();
    services.log.onPublish((type) => this.#publishSoon(type));
    // As soon as it is known at all, which `prepareHost` says.
    for (const { engine } of services.engines.list()) {
      engine.onAcceleration(() => {
        if (this.#startup.get('acceleration')?.state === 'done') this.accelerationKnown();
      });
    }
    for (const step of ['engine', 'acceleration', 'image'] as const) {
      this.#startup.set(step, { step, state: 'waiting', names: [], failure: null });
    }
  }

  /** Of the file system with the disks, as measured last. */
  get freeMiB(): number {
    return this.#freeMiB;
  }

  /** Reports the progress of a startup step. */
  setSetup(
    step: StartupStep['step'],
    state: StartupStep['state'],
    names: string[],
    failure: ErrorRecord | null = null,
  ): void {
    this.#startup.set(step, { step, state, names, failure });
    this.publish();
  }

  /** What the engines found out, as the last word on that step. */
  accelerationKnown(): void {
    const known = this.#services.engines.list().filter(({ isReady }) => isReady);
    this.setSetup(
      'acceleration',
      'done',
      known.map(({ engine }) => engine.acceleration.kind.toUpperCase()),
    );
  }

  /** Measures what changes without an event (free space, memory in use); called now and then. */
  async measure(): Promise<void> {
    const { freeBytes } = await this.#services.storage.space();
    const freeMiB = Math.floor(freeBytes / MIB);
    const measuredMiB = this.#measuredMiB();
    const isSame =
      measuredMiB === null || this.#toldMiB === null
        ? measuredMiB === this.#toldMiB
        : Math.abs(measuredMiB - this.#toldMiB) < MEMORY_STEP_MIB;
    const name = hostname();
    if (freeMiB === this.#freeMiB && isSame && name === this.#name) return;
    this.#name = name;
    this.#freeMiB = freeMiB;
    this.#toldMiB = measuredMiB;
    this.publish();
  }

  #measuredMiB(): number | null {
    const bytes = this.#services.memoryUses.total();
    return bytes === null ? null : Math.round(bytes / MIB);
  }

  publish(): void {
    this.#services.log.publish('host.updated', this.view());
  }

  /** Allocations follow the VMs; many changes in a short time cause one update after the first. */
  #publishSoon(type: EventType): void {
    if (!type.startsWith('vm.') || this.#publishing) return;
    this.#publishing = true;
    const publish = () => {
      this.#publishing = false;
      this.#publishedMs = performance.now();
      const view = JSON.stringify(this.view());
      if (view === this.#published) return;
      this.#published = view;
      this.publish();
    };
    const waitMs = this.#publishedMs + ALLOCATIONS_EVERY_MS - performance.now();
    if (waitMs <= 0) setImmediate(publish);
    else setTimeout(publish, waitMs).unref();
  }

  view(): Host {
    const services = this.#services;
    const { limits, engines } = services;
    const vms = services.inventory.vms();
    const allocated = allocatedNow(services);
    const total = limits.total();
    const { firstPort, lastPort, lifetimeDefaultS, lifetimeMaxS, keepDeletedS } = services.settings.current;
    const live = vms.filter((vm) => vm.status.state === 'running' || vm.status.state === 'paused');
    return {
      id: services.hostId,
      name: this.#name,
      version: this.#version,
      startedAt: this.startedAt,
      cpu: { total: limits.cpuCount(), used: allocated.cpuCount, limit: total.cpuCount },
      memory: { totalMiB: total.memoryMiB, usedMiB: allocated.memoryMiB, measuredMiB: this.#measuredMiB() },
      disk: { totalMiB: total.diskMiB, usedMiB: allocated.diskMiB, freeMiB: this.#freeMiB },
      runningVms: live.length,
      engines: engines.list().map(({ engine, prefixes, isReady, problem }) => ({
        name: engine.name,
        prefixes: [...prefixes],
        version: isReady ? engine.version : null,
        features: [...engine.features],
        acceleration: isReady ? { ...engine.acceleration } : null,
        problem,
      })),
      storage: services.storage.describe(),
      networks: services.networks.list(),
      firewall: services.firewalls
        .all()
        .map(({ name }) => name)
        .join('+'),
      cgroups: { kind: services.cgroups.kind, reason: services.cgroups.reason },
      warnings: services.foreignFirewalls.warnings,
      ports: { first: firstPort, last: lastPort, used: services.ports.usedCount },
      lifetime: { defaultS: lifetimeDefaultS, maxS: lifetimeMaxS },
      keepDeletedS,
      features: [
        'envSnapshots',
        'safetySnapshots',
        'consoleTickets',
        'eventReplay',
        'envUpdate',
        'removeVms',
        'endPolicies',
        'bin',
        'metrics',
        ...(services.fakeDrivers ? [FAKE_DRIVERS] : []),
      ],
      startup: [...this.#startup.values()],
    };
  }
}
