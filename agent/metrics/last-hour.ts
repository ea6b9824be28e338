// The last hour of a host in memory: a point every fifteen seconds of what its processors, memory, disk, VMs, calls and the agent itself
// did. For whoever has no Prometheus; it begins anew with the agent.
import { cpus, totalmem } from 'node:os';
import { HOUR_PERIOD_S, HOUR_POINTS, type Hour, type HourPoint, type Metrics } from '@tt/protocol';
import { CallTimesPeriod } from './call-times.ts';

const MIB = 1024 * 1024;

/** Counters of processor time since some moment, in the same unit. */
export interface CpuTimes {
  busy: number;
  total: number;
}

export interface LastHourParts {
  now: () => Date;
  /** Of the running VMs, as measured last; null: nothing was. */
  vmMetrics: () => Metrics | null;
  runningVms: () => number;
  /** Of the file system with the disks, as measured last. */
  freeMiB: () => number;
  /** Default: of this host. */
  cpuTimes?: () => CpuTimes;
  /** Memory of the host that can be had without swapping, in bytes; default: of this host. */
  availableBytes?: () => number;
  /** Processor time and memory of the agent; default: of this process. */
  agent?: () => { cpuUs: number; residentBytes: number };
}

interface Mark {
  atMs: number;
  cpu: CpuTimes;
  agentCpuUs: number;
}

export class LastHour {
  readonly #parts: Required<LastHourParts>;
  readonly #calls = new CallTimesPeriod();
  readonly #points: HourPoint[] = [];
  #before: Mark;

  constructor(parts: LastHourParts) {
    this.#parts = {
      cpuTimes: hostCpuTimes,
      availableBytes: () => process.availableMemory(),
      agent: thisProcess,
      ...parts,
    };
    this.#before = this.#mark();
  }

  /** `result` is `ok` or the code of the error. */
  callEnded(result: string, durationMs: number): void {
    this.#calls.ended(result === 'ok', durationMs);
  }

  /** To be called once a period: adds a point. */
  look(): void {
    const { now, vmMetrics, runningVms, freeMiB, availableBytes, agent } = this.#parts;
    const before = this.#before;
    const mark = this.#mark();
    this.#before = mark;
    const vms = vmMetrics()?.vms ?? null;
    const elapsedUs = (mark.atMs - before.atMs) * 1000;
    this.#points.push({
      at: now().toISOString(),
      cpuPercent: share(mark.cpu.busy - before.cpu.busy, mark.cpu.total - before.cpu.total),
      memoryUsedMiB: Math.max(0, Math.round((totalmem() - availableBytes()) / MIB)),
      diskFreeMiB: freeMiB(),
      runningVms: runningVms(),
      vmCpuPercent: vms && tenths(vms.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0)),
      vmMemoryMiB: vms && Math.round(vms.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) / MIB),
      ...this.#calls.take(),
      agentCpuPercent: share(mark.agentCpuUs - before.agentCpuUs, elapsedUs),
      agentMemoryMiB: Math.round(agent().residentBytes / MIB),
    });
    if (this.#points.length > HOUR_POINTS) this.#points.shift();
  }

  hour(): Hour {
    return {
      periodS: HOUR_PERIOD_S,
      memoryTotalMiB: Math.round(totalmem() / MIB),
      cpuCount: cpus().length,
      points: [...this.#points],
    };
  }

  #mark(): Mark {
    return { atMs: performance.now(), cpu: this.#parts.cpuTimes(), agentCpuUs: this.#parts.agent().cpuUs };
  }
}

/** In percent, with tenths; null where no time has passed, or a counter went back. */
function share(part: number, whole: number): number | null {
  return whole <= 0 || part < 0 ? null : tenths((100 * part) / whole);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

function hostCpuTimes(): CpuTimes {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    total += used + times.idle;
  }
  return { busy, total };
}

function thisProcess(): { cpuUs: number; residentBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, residentBytes: process.memoryUsage.rss() };
}
