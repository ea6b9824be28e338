// A snapshot for the length of one operation: what is copied or exported as it is right now.
import { randomUUID } from 'node:crypto';
import type { Snapshot } from '@tt/protocol';
import { forgetSnapshot } from './delete-snapshot.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** Long enough to copy it; one that a killed agent left is gone soon. */
const TEMPORARY_LIFE_S = 3600;

/** Takes a snapshot for `work` and drops it afterwards, whatever came of it. The caller holds the ENV. */
export async function withTemporary<Result>(
  services: Services,
  envName: string,
  vmIds: string[] | undefined,
  context: OperationContext,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const position = services.inventory.positionOf(envName);
  const request = {
    envName,
    name: `copy-${randomUUID().slice(0, 8)}`,
    notes: '',
    vmIds,
    kind: 'user' as const,
    lifeTimeS: TEMPORARY_LIFE_S,
  };
  const taken = await takeSnapshot(services, request, { ...context, noReturn: () => {} });
  services.inventory.setPosition(envName, position);
  try {
    return await work(taken);
  } finally {
    await forgetSnapshot(services, services.inventory.snapshot(envName, taken.name));
  }
}
