// What the agent says of copies that are not made yet: what they take, and the error they would have. Asked anew while somebody
// types and when the use of the host changes; the last answer stays meanwhile.
import type { CopyPlan, TtError } from '@tt/protocol';
import { useEffect, useState } from 'react';
import { useStores } from '../state/stores-context.ts';
import type { CopyRequest } from './copy-store.ts';

/** So long nothing was typed. */
const SETTLE_MS = 120;

export interface KnownPlan {
  /** null: not known yet. */
  plan: CopyPlan | null;
  /** The plan is of exactly this request. */
  isCurrent: boolean;
  /** Why nothing could be said. */
  error: TtError | null;
}

/** `request` null: it is not whole yet. To be called in an observer. */
export function useCopyPlan(envName: string, snapshotName: string | null, request: CopyRequest | null): KnownPlan {
  const { copies, hosts, link } = useStores();
  const [known, setKnown] = useState<{ of: string; plan: CopyPlan } | null>(null);
  const [error, setError] = useState<TtError | null>(null);
  const host = hosts.first;
  const use = host && [host.memory.usedMiB, host.disk.usedMiB, host.cpu.used].join();
  const asked = JSON.stringify(request);
  const isUp = link.up;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `use` is not read, it is why to ask again
  useEffect(() => {
    if (asked === 'null' || !isUp) return;
    let isStale = false;
    const ask = async () => {
      const outcome = await copies.plan(envName, snapshotName, JSON.parse(asked) as CopyRequest);
      if (isStale) return;
      setError(outcome.ok ? null : outcome.error);
      if (outcome.ok) setKnown({ of: asked, plan: outcome.value });
    };
    const timer = setTimeout(() => void ask(), SETTLE_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- `use` is why to ask again
  }, [copies, envName, snapshotName, asked, isUp, use]);
  return { plan: known?.plan ?? null, isCurrent: known?.of === asked, error };
}
