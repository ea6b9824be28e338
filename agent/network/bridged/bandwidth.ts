// Bandwidth limits of NICs in both directions: a token bucket (tc-tbf(8)) on the tap for traffic to the guest, and one on an ifb
// device that gets all traffic from the guest. Shaping, not policing, so that TCP adapts to the rate without packet loss. Pure.
import { linkName, readLinkName } from '../names.ts';
import type { HostLink, Qdisc } from './host-links.ts';

export interface LimitRequest {
  tap: string;
  /** null: no limit. */
  bandwidthMbps: number | null;
}

export interface LimitPlan {
  /** For `ip -batch`, before `tc`. */
  ip: string[];
  tc: string[];
  /** ifb devices that are no longer needed, to be removed after `tc`. */
  remove: string[];
  /** ifb devices that `ip` makes. */
  made: string[];
}

const BYTES_PER_MBIT = 1_000_000 / 8;
/** How long a packet may wait for its turn before it is dropped. */
const LATENCY_MS = 50;
/** The bucket: what may go at full speed at once. 10 ms of the rate, and enough for a segment of 64 KiB of the tap. */
const BURST_SECONDS = 0.01;
const SMALLEST_BURST_BYTES = 64 * 1024;

/** Name of the ifb device of a tap of ours; null for any other name. */
export function limiterOf(tag: string, tap: string): string | null {
  const meaning = readLinkName(tag, tap);
  return meaning?.role === 'tap' ? linkName(tag, 'limiter', meaning.number) : null;
}

export function planLimits(
  tag: string,
  present: ReadonlyMap<string, HostLink>,
  qdiscs: readonly Qdisc[],
  specs: readonly LimitRequest[],
): LimitPlan {
  const plan: LimitPlan = { ip: [], tc: [], remove: [], made: [] };
  const byDevice = Map.groupBy(qdiscs, (qdisc) => qdisc.device);
  for (const { tap, bandwidthMbps } of specs) {
    const limiter = limiterOf(tag, tap);
    if (limiter === null) continue;
    const rate = bandwidthMbps === null ? null : Math.round(bandwidthMbps * BYTES_PER_MBIT);
    const rateOf = (device: string) => byDevice.get(device)?.find(({ kind }) => kind === 'tbf')?.rateBytes ?? null;
    const isLed = byDevice.get(tap)?.some(({ kind }) => kind === 'ingress') ?? false;
    // The bucket of the ifb is set last of all, so where it is right nothing before it is missing.
    if (rateOf(tap) === rate && rateOf(limiter) === rate && isLed === (rate !== null)) continue;
    if (isLed) plan.tc.push(`qdisc delete dev ${tap} ingress`);
    if (rate === null) {
      if (rateOf(tap) !== null) plan.tc.push(`qdisc delete dev ${tap} root`);
      if (present.has(limiter)) plan.remove.push(limiter);
      continue;
    }
    if (!present.has(limiter)) {
      plan.ip.push(`link add name ${limiter} type ifb`, `link set dev ${limiter} up`);
      plan.made.push(limiter);
    }
    const bucket = `tbf rate ${rate}bps burst ${burstBytes(rate)} latency ${LATENCY_MS}ms`;
    plan.tc.push(
      `qdisc add dev ${tap} ingress`,
      `filter add dev ${tap} parent ffff: protocol all prio 1 u32 match u32 0 0 action mirred egress redirect dev ${limiter}`,
      `qdisc replace dev ${tap} root ${bucket}`,
      `qdisc replace dev ${limiter} root ${bucket}`,
    );
  }
  return plan;
}

function burstBytes(rateBytes: number): number {
  return Math.max(SMALLEST_BURST_BYTES, Math.round(rateBytes * BURST_SECONDS));
}
