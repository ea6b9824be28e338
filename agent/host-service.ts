// This host as clients see it: capacity, promises, engines, and how far the first minute is. Tells followers when it changes.
import { cpus, hostname, totalmem } from 'node:os';
import type { EventType, Host } from '@tt/protocol';
import { promisedTo } from './operations/admission.ts';
import type { Services } from './operations/services.ts';

const MIB = 1024 * 1024;
/** Left to the host itself when no total is declared. */
const HOST_RESERVE_SHARE = 0.1;

type SetupStep = Host['setup'][number];

export class HostService {
  readonly #services: Services;
  readonly #version: string;
  readonly #startedAt: Date;
  readonly #setup = new Map<SetupStep['step'], SetupStep>();
  #freeMiB = 0;
  #publishing = false;
  #published = '';

  constructor(services: Services, version: string) {
    this.#services = services;
    this.#version = version;
    this.#startedAt = services.now();
    services.log.onPublish((type) => this.#publishSoon(type));
    for (const step of ['engine', 'acceleration', 'image'] as const) {
      this.#setup.set(step, { step, state: 'waiting', detail: '' });
    }
  }

  /** Says how far a step of the first minute is. */
  setSetup(step: SetupStep['step'], state: SetupStep['state'], detail: string): void {
    this.#setup.set(step, { step, state, detail });
    this.publish();
  }

  /** Measures what changes without an event (free space); called now and then. */
  async measure(): Promise<void> {
    const { freeBytes } = await this.#services.storage.space();
    const freeMiB = Math.floor(freeBytes / MIB);
    if (freeMiB === this.#freeMiB) return;
    this.#freeMiB = freeMiB;
    this.publish();
  }

  publish(): void {
    this.#services.log.publish('host.updated', this.view());
  }

  /** What is promised follows the VMs; a hundred changes in one turn are one new picture. */
  #publishSoon(type: EventType): void {
    if (!type.startsWith('vm.') || this.#publishing) return;
    this.#publishing = true;
    setImmediate(() => {
      this.#publishing = false;
      const view = JSON.stringify(this.view());
      if (view === this.#published) return;
      this.#published = view;
      this.publish();
    });
  }

  view(): Host {
    const services = this.#services;
    const { limits, engine } = services;
    const vms = services.inventory.vms();
    const promised = promisedTo(vms);
    const live = vms.filter((vm) => vm.state === 'running' || vm.state === 'paused');
    const problem = services.engineProblem();
    const acceleration = this.#setup.get('acceleration')?.state === 'done' ? engine.acceleration : null;
    return {
      id: services.hostId,
      name: hostname(),
      version: this.#version,
      startedAt: this.#startedAt.toISOString(),
      cpu: { total: cpus().length, used: live.reduce((sum, vm) => sum + vm.resources.cpuCount, 0) },
      memory: { totalMiB: limits.memoryTotalMiB, usedMiB: promised.memoryMiB },
      disk: { totalMiB: limits.diskTotalMiB, usedMiB: promised.diskMiB, freeMiB: this.#freeMiB },
      runningVms: live.length,
      acceleration,
      engines: [{ name: engine.name, features: [...engine.features], problem }],
      storage: services.storage.name,
      features: ['envSnapshots', 'safetySnapshots', 'consoleTickets', 'eventReplay'],
      setup: [...this.#setup.values()],
    };
  }
}

/** Memory that may be promised when no total is declared: what the machine has, less a share for itself. */
export function detectedMemoryMiB(): number {
  return Math.floor((totalmem() * (1 - HOST_RESERVE_SHARE)) / MIB);
}
