// Whether a step may still be done as it was planned: what it changes is read once more and planned again. Somebody else's change
// meanwhile is never undone by a plan that did not know of it.
import { type EnvDetail, type EnvFile, type TtClient, TtError, type Vm } from '@tt/protocol';
import { wholeEnv } from '../whole-env.ts';
import { planEnv, type World } from './plan-env.ts';
import { isSame, type Planned } from './plan-step.ts';
import { vmSteps } from './vm-steps.ts';

/** A file, what was there when it was planned, and the steps from there. */
export interface EnvPlan {
  file: EnvFile;
  world: World;
  steps: readonly Planned[];
}

export function planFor(file: EnvFile, world: World): EnvPlan {
  return { file, world, steps: planEnv(file, world) };
}

/** The ENV of that name; null if there is none. Rejects with ENV_DELETED for one in the bin. */
export async function currentEnv(client: Pick<TtClient, 'env'>, name: string): Promise<EnvDetail | null> {
  try {
    const detail = await wholeEnv(client, name);
    const { bin } = detail.env;
    // Neither there to be changed, nor gone so that it could be created.
    if (bin) throw new TtError('ENV_DELETED', { envName: name, keptUntil: bin.keptUntil });
    return detail;
  } catch (error) {
    if (error instanceof TtError && error.code === 'ENV_NOT_FOUND') return null;
    throw error;
  }
}

/** Before the first step: a person may have thought about the plan for long. Rejects with PLAN_OUTDATED. */
export async function mustBePlanned(client: Pick<TtClient, 'env'>, { file, world, steps }: EnvPlan): Promise<void> {
  const current = await currentEnv(client, file.name);
  if (!isSame(planEnv(file, { ...world, current }), steps)) throw outdated(file);
}

/**
 * Before each step. `vmIds`: those the ENV should have by now. Rejects with PLAN_OUTDATED, or as the call would if what it is about
 * is gone.
 */
export async function mustStillHold(
  client: Pick<TtClient, 'env' | 'vm'>,
  { file, world }: EnvPlan,
  { step, act, group }: Planned,
  vmIds: ReadonlySet<string>,
): Promise<void> {
  switch (act.call) {
    case 'none':
    // The server refuses a name that is taken.
    case 'createEnv':
      return;
    case 'updateEnv': {
      const { env } = await client.env.show({ name: file.name, limit: 1 });
      const current = { env, vms: [], snapshots: [], warnings: [] };
      const now = planEnv({ ...file, groups: undefined }, { ...world, current });
      if (!now.some((one) => isSame(one.step.changes, step.changes))) throw outdated(file);
      return;
    }
    case 'addVms': {
      const { env } = await client.env.show({ name: file.name, limit: 1 });
      if (env.vmIds.length !== vmIds.size || !env.vmIds.every((id) => vmIds.has(id))) throw outdated(file);
      return;
    }
    case 'removeVm': {
      const vm = await client.vm.show({ vmId: act.vmId });
      const before = world.current?.vms.find(({ id }) => id === act.vmId);
      if (!before || !isSame(specOf(vm), specOf(before))) throw outdated(file);
      return;
    }
    case 'updateVm':
    case 'addDisk':
    case 'growDisk':
    case 'limitDisk':
    case 'removeDisk':
    case 'changeMedium': {
      const vm = await client.vm.show({ vmId: act.vmId });
      if (!group || !vmSteps(vm, group).some((one) => isSame(one.step, step))) throw outdated(file);
      return;
    }
    default:
      act satisfies never;
  }
}

function specOf({ name, spec }: Vm) {
  return { name, spec };
}

function outdated({ name }: EnvFile): TtError {
  return new TtError('PLAN_OUTDATED', { envName: name });
}
