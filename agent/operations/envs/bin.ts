// Pure rules of the bin: which ENVs go there when they are deleted, for how long, and as what they come back (decision 0111).
import type { Bin, Snapshot } from '@tt/protocol';
import type { EnvRecord } from '../../state/records.ts';

type InBin = EnvRecord & { phase: 'deleted'; bin: Bin };

export function isInBin(env: EnvRecord): env is InBin {
  return env.phase === 'deleted' && env.bin !== undefined;
}

/** False for sessions, whose seats and base images are to be free, and for what is half made or half deleted. */
export function goesToBin({ phase, lab }: EnvRecord, keepDeletedS: number): boolean {
  return keepDeletedS > 0 && phase === 'ready' && lab === null;
}

export function intoBin(env: EnvRecord, keepDeletedS: number, now: Date): InBin {
  const keptUntil = new Date(now.getTime() + keepDeletedS * 1000).toISOString();
  return { ...env, phase: 'deleted', bin: { deletedAt: now.toISOString(), keptUntil } };
}

/**
 * Its lifetime does not pass in the bin: start, end and the next scheduled snapshot move along. One whose lifetime had ended is
 * expired: it can be looked at and extended, and is not deleted again at once.
 */
export function outOfBin({ bin, ...env }: InBin, now: Date): EnvRecord {
  const moved = movedBy(bin, now);
  return {
    ...env,
    phase: 'ready',
    startAt: moved(env.startAt),
    endAt: moved(env.endAt),
    nextSnapshotAt: env.nextSnapshotAt === null ? null : moved(env.nextSnapshotAt),
    expired: env.expired || Date.parse(env.endAt) <= Date.parse(bin.deletedAt),
  };
}

/** A snapshot of it: what would have expired meanwhile has the time that it had left. */
export function afterBin<Kept extends Pick<Snapshot, 'expiresAt'>>(snapshot: Kept, { bin }: InBin, now: Date): Kept {
  return snapshot.expiresAt === null ? snapshot : { ...snapshot, expiresAt: movedBy(bin, now)(snapshot.expiresAt) };
}

function movedBy({ deletedAt }: Bin, now: Date): (time: string) => string {
  const inBinMs = Math.max(0, now.getTime() - Date.parse(deletedAt));
  return (time) => new Date(Date.parse(time) + inBinMs).toISOString();
}

export function isPurgeDue(env: EnvRecord, now: Date): boolean {
  return isInBin(env) && Date.parse(env.bin.keptUntil) <= now.getTime();
}
