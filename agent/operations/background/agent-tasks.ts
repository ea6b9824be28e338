// The list of the agent's background tasks: polling for changes without events, actions that fall due, and reconciliation. A new
// task is one line here.
import { HOUR_PERIOD_S } from '@tt/protocol';
import { resetWaiting } from '../copies/identity/reset-identities.ts';
import type { Services } from '../services.ts';
import { keepWarm } from '../warm/keep-warm.ts';
import { dropLeftWrites } from '../vms/discard-writes.ts';
import type { KvmWatch } from '../vms/kvm-watch.ts';
import { followHostAddress } from '../vms/host-address.ts';
import { repairNetworkSetup, retryNetworks } from '../vms/restore-networks.ts';
import type { BackgroundTask } from './background-tasks.ts';
import type { ClockWatch } from './clock-watch.ts';
import { maintainDiskSpace } from './disk-space.ts';
import { emptyBin, endEnvs, expireSnapshots, takeScheduledSnapshots, warnOfEnds } from './expiry.ts';
import { retryUnknown } from './reconcile.ts';

const LOOK_EVERY_MS = 5_000;
/** One listing of ten thousand rules takes 0.2 s. */
const REPAIR_EVERY_MS = 10_000;
/** One listing of the host's chains takes some 10 ms. */
const FOREIGN_EVERY_MS = 10_000;
const CLOUD_INIT_EVERY_MS = 2_000;
/** Of guests that have not answered yet; each is asked for a second at most. */
const READINESS_EVERY_MS = 2_000;
const METRICS_EVERY_MS = 1_000;
/** Each round is short (`agent/metrics/memory-uses.ts`). */
const MEMORY_EVERY_MS = 5_000;
/** Reads tables and extents of every disk: some milliseconds each. */
const STORED_EVERY_MS = 60_000;
/** Images are warmed for the days to come. */
const WARM_EVERY_MS = 60_000;
/** Of parts that are kept for a day. */
const DOWNLOADS_EVERY_MS = 60 * 60_000;
/** Of a certificate that is valid for a month, and of files that an administrator replaces. */
const CERTIFICATE_EVERY_MS = 60 * 60_000;
/** Of runs that are kept for a week, fifty of an ENV. */
const RUNS_EVERY_MS = 60_000;
/** Of entries that are kept for months. */
const AUDIT_EVERY_MS = 60_000;

export interface TaskParts {
  services: Services;
  host: { measure(): Promise<void>; publish(): void };
  clocks: Pick<ClockWatch, 'look'>;
  kvmWatch: Pick<KvmWatch, 'look'>;
  /** null without TLS. */
  tls: { renew(): Promise<void> } | null;
  /** The last hour, to be looked at once a period. */
  hour: { look(): void };
  /** How often the time of day is checked; default: every five seconds. */
  expiryLookMs?: number | undefined;
  /** How often the disk is checked; default: every five seconds. */
  diskLookMs?: number | undefined;
  /** How often disks are measured; default: once a minute. */
  storedLookMs?: number | undefined;
  /** How often images to be kept warm are chosen; default: once a minute. */
  warmTaskMs?: number | undefined;
  /** How often guests with KVM are checked; default: every five seconds. */
  kvmLookMs?: number | undefined;
  /** How often other firewalls and the address of the host are checked; default: every ten and every five seconds. */
  hostLookMs?: number | undefined;
  /** How often guests that have not answered yet are asked; default: every two seconds. */
  readinessLookMs?: number | undefined;
}

export function agentTasks(parts: TaskParts): BackgroundTask[] {
  const { services, host, clocks, kvmWatch, tls, hour, hostLookMs } = parts;
  const { expiryLookMs = LOOK_EVERY_MS, kvmLookMs = LOOK_EVERY_MS, diskLookMs = LOOK_EVERY_MS } = parts;
  const { storedLookMs = STORED_EVERY_MS } = parts;
  /** Nothing ends before its times were moved along with a clock that jumped: if that fails, nothing ends. */
  const byTheClock = (name: string, run: (services: Services) => void): BackgroundTask => ({
    name,
    periodMs: expiryLookMs,
    run: () => {
      clocks.look();
      run(services);
    },
  });
  const look = (name: string, run: () => Promise<void>): BackgroundTask => ({
    name,
    periodMs: LOOK_EVERY_MS,
    byHand: true,
    run,
  });
  return [
    look('free-space', () => host.measure()),
    { name: 'disk-space', periodMs: diskLookMs, byHand: true, run: () => maintainDiskSpace(services) },
    {
      name: 'stored-bytes',
      periodMs: storedLookMs,
      atStart: true,
      byHand: true,
      run: () => services.stored.look(),
    },
    look('unknown-vms', () => retryUnknown(services)),
    look('identity-reset', () => resetWaiting(services)),
    look('idle-transfers', () => services.transfers.sweep()),
    {
      name: 'partial-downloads',
      atStart: true,
      byHand: true,
      periodMs: DOWNLOADS_EVERY_MS,
      run: () => services.images.sweepDownloads(services.now()),
    },
    {
      name: 'old-runs',
      periodMs: RUNS_EVERY_MS,
      atStart: true,
      byHand: true,
      run: () => services.runs.sweep(),
    },
    {
      name: 'audit-trail',
      periodMs: AUDIT_EVERY_MS,
      atStart: true,
      byHand: true,
      run: () => services.audit.sweep(),
    },
    look('discarded-writes', () => dropLeftWrites(services)),
    { name: 'warm-images', periodMs: parts.warmTaskMs ?? WARM_EVERY_MS, run: () => keepWarm(services) },
    look('storage-cleanup', () => services.storage.tidy()),
    byTheClock('env-expiry', endEnvs),
    byTheClock('bin-expiry', emptyBin),
    byTheClock('expiry-warnings', warnOfEnds),
    byTheClock('scheduled-snapshots', takeScheduledSnapshots),
    byTheClock('snapshot-expiry', expireSnapshots),
    {
      name: 'network-repair',
      periodMs: REPAIR_EVERY_MS,
      byHand: true,
      run: async () => {
        await repairNetworkSetup(services);
        if (await retryNetworks(services)) host.publish();
      },
    },
    {
      name: 'other-firewalls',
      byHand: true,
      periodMs: hostLookMs ?? FOREIGN_EVERY_MS,
      run: async () => {
        if (await services.foreignFirewalls.look()) host.publish();
      },
    },
    {
      name: 'host-address',
      periodMs: hostLookMs ?? LOOK_EVERY_MS,
      byHand: true,
      run: () => followHostAddress(services),
    },
    { name: 'kvm-watch', periodMs: kvmLookMs, run: () => kvmWatch.look() },
    { name: 'guest-addresses', periodMs: hostLookMs ?? LOOK_EVERY_MS, run: () => services.guestAddresses.look() },
    {
      name: 'guest-readiness',
      periodMs: parts.readinessLookMs ?? READINESS_EVERY_MS,
      run: () => services.readiness.look(),
    },
    { name: 'cloud-init', periodMs: CLOUD_INIT_EVERY_MS, run: () => services.provisioning.look() },
    ...(tls ? [{ name: 'certificate', periodMs: CERTIFICATE_EVERY_MS, byHand: true, run: () => tls.renew() }] : []),
    { name: 'last-hour', periodMs: HOUR_PERIOD_S * 1000, run: () => hour.look() },
    { name: 'vm-memory', periodMs: MEMORY_EVERY_MS, run: () => services.memoryUses.look() },
    { name: 'vm-metrics', periodMs: METRICS_EVERY_MS, run: () => services.metrics.look() },
  ];
}
