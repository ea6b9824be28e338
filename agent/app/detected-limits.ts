// What the machine has, for totals that nobody has declared. Looked at every few seconds at most: each look at the processors reads all
// of /proc/cpuinfo, which was a third of the time of `GET /api/host`.
import { cpus, totalmem } from 'node:os';
import type { Settings } from '../config.ts';
import type { Limits } from '../operations/services.ts';

const MIB = 1024 * 1024;
/** Share of the memory that the machine keeps for itself. */
const HOST_RESERVE_SHARE = 0.1;
const FRESH_MS = 5000;

export class DetectedLimits {
  readonly #look: () => { cpuCount: number; memoryBytes: number };
  readonly #nowMs: () => number;
  #found: { cpuCount: number; memoryMiB: number } = { cpuCount: 0, memoryMiB: 0 };
  #foundAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    look = () => ({ cpuCount: cpus().length, memoryBytes: totalmem() }),
    nowMs: () => number = () => performance.now(),
  ) {
    this.#look = look;
    this.#nowMs = nowMs;
  }

  /** Processors, and the memory that may be allocated: what the machine has, less a share for itself. */
  get current(): { readonly cpuCount: number; readonly memoryMiB: number } {
    const nowMs = this.#nowMs();
    if (nowMs - this.#foundAtMs < FRESH_MS) return this.#found;
    const { cpuCount, memoryBytes } = this.#look();
    this.#found = { cpuCount, memoryMiB: Math.floor((memoryBytes * (1 - HOST_RESERVE_SHARE)) / MIB) };
    this.#foundAtMs = nowMs;
    return this.#found;
  }
}

/** What is declared goes before what is detected. */
export function limitsOf(settings: Settings, detectedDiskMiB: number): Limits {
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
