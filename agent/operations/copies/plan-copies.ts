// What copies would take and whether they can be made, without making any: the checks are those of the operation itself.
import { copyNames, type CopyPlan, toErrorRecord, TtError } from '@tt/protocol';
import { payersOf } from '../../access/owners.ts';
import { type Caller, mayChange } from '../caller.ts';
import type { Services } from '../services.ts';
import { runningSources } from './clone-env.ts';
import { allocatedToCopies, type CopySource, sourcesOf } from './copy-plan.ts';
import { checkFork, type ForkRequest, type ForkSpec } from './fork-snapshot.ts';
import { mustHaveState } from '../snapshots/take-snapshot.ts';
import { bytesOfCopies } from './place-copies.ts';

const MIB = 1024 * 1024;

/** Rejects if the caller may not copy this ENV, or if there is no such snapshot. */
export async function planFork(services: Services, caller: Caller, request: ForkRequest): Promise<CopyPlan> {
  const { envName, name, vmIds } = request;
  mayChange(services, caller, envName);
  const snapshot = services.inventory.snapshot(envName, name);
  return planCopies(services, caller, request, sourcesOf(services, snapshot, vmIds), {
    subject: name,
    tag: snapshot.id,
  });
}

/** Rejects if the caller may not copy this ENV. */
export async function planClone(
  services: Services,
  caller: Caller,
  envName: string,
  request: ForkSpec,
): Promise<CopyPlan> {
  mayChange(services, caller, envName);
  const sources = runningSources(services, services.inventory.env(envName).name);
  return planCopies(services, caller, request, sources, { subject: envName, tag: null });
}

async function planCopies(
  services: Services,
  caller: Caller,
  request: ForkSpec,
  sources: readonly CopySource[],
  { subject, tag }: { subject: string; tag: string | null },
): Promise<CopyPlan> {
  const names = copyNames(request.newName, request.copies);
  const { eachBytes, onceBytes } = await bytesOfCopies(services, sources, tag);
  const each = {
    vmCount: sources.length,
    ...allocatedToCopies(sources),
    writtenMiB: Math.ceil(eachBytes / MIB),
  };
  try {
    const vms = sources.map(({ vm }) => vm);
    mustHaveState(subject, vms);
    checkFork(services, request, sources, caller);
    const wantedBytes = eachBytes * request.copies + onceBytes;
    const growth = { ...payersOf({ owner: caller.name, team: request.team }), isAdmitted: true, subject, wantedBytes };
    // Claimed for no longer than it takes to be refused or not.
    await services.budget.write(growth, async () => {});
    return { names, each, problem: null };
  } catch (error) {
    if (error instanceof TtError) return { names, each, problem: toErrorRecord(error) };
    throw error;
  }
}
