// Measures what every running VM uses, at each call (once a second, as a background task), and publishes it. It stores no list
// of VMs: it asks for them each time.
import type { Metrics, VmMetrics, VmMinute } from '@tt/protocol';
import type { Cgroups } from '../cgroups/interface.ts';
import type { ProcessIdentity } from '../host/process-identity.ts';
import { LastMinute } from './last-minute.ts';
import { type ProcessIo, readProcessIo } from './process-io.ts';
import { metricsBetween, type TapCounters, type VmCounters } from './rates.ts';

export interface MetricsSource {
  vmId: string;
  process: ProcessIdentity;
  /** Names of its taps on the host; empty with user networking. */
  taps: readonly string[];
}

export interface MetricsClock {
  now(): Date;
  /** Milliseconds of a monotonic clock: the time of day may be set back by a second or a day. */
  monotonicMs(): number;
}

export interface MetricsCollectorOptions {
  cgroups: Pick<Cgroups, 'usage'>;
  /** The VMs that run right now. */
  sources: () => readonly MetricsSource[];
  /** Bytes through each of these taps since it was created, from the guest's point of view; missing taps are omitted. */
  counters: (taps: readonly string[]) => Promise<ReadonlyMap<string, TapCounters>>;
  /** Called after each round with VMs, and once when the last one is gone. */
  onMetrics: (metrics: Metrics) => void;
  /** Called when a VM (or the taps, `vmId` null) cannot be read: once, until it can be read again. */
  onProblem: (vmId: string | null, error: unknown) => void;
  clock?: MetricsClock;
  readIo?: (process: ProcessIdentity) => ProcessIo | null;
  /** What was measured last (`memory-uses.ts`). Default: nothing is known. */
  proportionalBytes?: (vmId: string, process: ProcessIdentity) => number | null;
}

export const systemClock: MetricsClock = { now: () => new Date(), monotonicMs: () => performance.now() };

export class MetricsCollector {
  readonly #options: MetricsCollectorOptions;
  readonly #clock: MetricsClock;
  readonly #readIo: (process: ProcessIdentity) => ProcessIo | null;
  /** The counters of the last round, by VM. */
  #counted = new Map<string, VmCounters>();
  readonly #problems = new Set<string | null>();
  readonly #minute = new LastMinute();
  #latest: Metrics | null = null;
  #round: Promise<void> | null = null;

  constructor(options: MetricsCollectorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#readIo = options.readIo ?? readProcessIo;
  }

  /** The last round's metrics; null before there were any. For a follower that has just come. */
  latest(): Metrics | null {
    return this.#latest;
  }

  /** The last minute of these VMs; of one that was not measured in the last round nothing is known. */
  minutesOf(vmIds: readonly string[]): VmMinute[] {
    return vmIds.flatMap((vmId) => this.#minute.of(vmId) ?? []);
  }

  /** The counters of each running VM in the last round, for metrics. */
  counted(): VmCounters[] {
    return [...this.#counted.values()];
  }

  /** One round. While one is running no second one starts: they must not pile up on a slow host. */
  look(): Promise<void> {
    this.#round ??= this.#look().finally(() => {
      this.#round = null;
    });
    return this.#round;
  }

  async #look(): Promise<void> {
    const sources = this.#options.sources();
    if (sources.length === 0 && this.#counted.size === 0) return;
    for (const vmId of this.#problems) {
      if (vmId !== null && !sources.some((source) => source.vmId === vmId)) this.#problems.delete(vmId);
    }
    const taps = await this.#readTaps(sources);
    const before = this.#counted;
    const read = await Promise.all(sources.map((source) => this.#read(source, taps)));
    const now = read.filter((counters) => counters !== null);
    this.#counted = new Map(now.map((counters) => [counters.vmId, counters]));
    const vms: VmMetrics[] = [];
    for (const counters of now) {
      const known = before.get(counters.vmId);
      const metrics = known ? metricsBetween(known, counters) : null;
      if (metrics) vms.push(metrics);
    }
    this.#latest = { at: this.#clock.now().toISOString(), vms };
    this.#minute.add(vms);
    this.#options.onMetrics(this.#latest);
  }

  /** Null if they cannot be read: then network metrics are missing, and all others continue. */
  async #readTaps(sources: readonly MetricsSource[]): Promise<ReadonlyMap<string, TapCounters> | null> {
    const taps = sources.flatMap((source) => source.taps);
    if (taps.length === 0) return null;
    try {
      const counters = await this.#options.counters(taps);
      this.#problems.delete(null);
      return counters;
    } catch (error) {
      this.#tellOnce(null, error);
      return null;
    }
  }

  /** Null when the VM has just ended, or can't be read. */
  async #read(source: MetricsSource, taps: ReadonlyMap<string, TapCounters> | null): Promise<VmCounters | null> {
    const { vmId, process } = source;
    try {
      const { cpuUs, memoryBytes } = await this.#options.cgroups.usage(vmId);
      const disk = this.#readIo(process);
      this.#problems.delete(vmId);
      const atMs = this.#clock.monotonicMs();
      const memoryProportionalBytes = this.#options.proportionalBytes?.(vmId, process) ?? null;
      return { vmId, process, atMs, cpuUs, memoryBytes, memoryProportionalBytes, disk, taps: tapsOf(source, taps) };
    } catch (error) {
      const stillRuns = this.#options.sources().some((one) => one.vmId === vmId);
      if (stillRuns) this.#tellOnce(vmId, error);
      return null;
    }
  }

  #tellOnce(vmId: string | null, error: unknown): void {
    if (this.#problems.has(vmId)) return;
    this.#problems.add(vmId);
    this.#options.onProblem(vmId, error);
  }
}

function tapsOf(
  source: MetricsSource,
  all: ReadonlyMap<string, TapCounters> | null,
): ReadonlyMap<string, TapCounters> | null {
  if (!all) return null;
  const own = source.taps.flatMap((tap) => {
    const counters = all.get(tap);
    return counters ? [[tap, counters] as const] : [];
  });
  return own.length > 0 ? new Map(own) : null;
}
