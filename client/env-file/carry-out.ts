// Carries a plan out, step by step, by the calls anybody could make. After a failure the ENV is as the file says as far as the plan
// was done, and another plan finds what is left.
import { reason, type TtClient } from '@tt/protocol';
import { newEnvRequest, newGroup } from './new-env-request.ts';
import type { Act, Planned, PlanStep } from './plan-step.ts';
import { type EnvPlan, mustBePlanned, mustStillHold } from './still-planned.ts';

export interface Allowed {
  /** To stop and start running VMs where a step needs it. */
  restart: boolean;
  /** To delete VMs and disks. */
  loss: boolean;
  /** As in the calls. */
  overrideLimit?: boolean;
  wait?: boolean;
  cold?: boolean;
}

/** Makes a call with the id of its operation, e.g. to show its progress and to cancel it. */
export type Run = <Result>(call: (operationId: string) => Promise<Result>) => Promise<Result>;

export interface StepResult {
  step: PlanStep;
  outcome: 'done' | 'refused' | 'failed' | 'skipped';
  /** Names of VMs that were stopped for it and are still stopped, because it or their start failed. */
  leftStopped: string[];
}

/** How to carry out: what is allowed, how to make calls, and who hears of each result at once. */
export interface Way {
  allowed: Allowed;
  run: Run;
  seen: (result: StepResult) => void;
}

/** The same step, refused where it needs what is not allowed. */
export function withAllowed(step: PlanStep, { restart, loss }: Pick<Allowed, 'restart' | 'loss'>): PlanStep {
  if (step.refused) return step;
  if (step.losesData && !loss) return { ...step, refused: reason('planNeedsYes') };
  if (step.stops.length > 0 && !restart) return { ...step, refused: reason('planNeedsRestart') };
  return step;
}

/** The first step that fails ends it. `failure`: why, or null. Never rejects. */
export async function carryOut(
  client: TtClient,
  plan: EnvPlan,
  way: Way,
): Promise<{ results: StepResult[]; failure: unknown }> {
  const results: StepResult[] = [];
  const say = (result: StepResult) => {
    results.push(result);
    way.seen(result);
  };
  const vmIds = new Set(plan.world.current?.vms.map(({ id }) => id));
  let failure: unknown = null;
  let isChecked = false;
  for (const planned of plan.steps) {
    const step = withAllowed(planned.step, way.allowed);
    const leftStopped: string[] = [];
    if (failure !== null || step.refused) {
      say({ step, outcome: failure === null ? 'refused' : 'skipped', leftStopped });
      continue;
    }
    try {
      if (!isChecked) await mustBePlanned(client, plan);
      isChecked = true;
      await mustStillHold(client, plan, planned, vmIds);
      await whileStopped(client, planned, way.run, leftStopped, () =>
        make(client, plan.file.name, planned.act, way, vmIds),
      );
      say({ step, outcome: 'done', leftStopped });
    } catch (error) {
      failure = error ?? new Error('a step failed without saying why');
      say({ step, outcome: 'failed', leftStopped });
    }
  }
  return { results, failure };
}

/** Does `work` while VMs are stopped, and starts them again whatever becomes of it. `left` names those that could not be started. */
async function whileStopped(
  client: Pick<TtClient, 'vm'>,
  { step, stop }: Planned,
  run: Run,
  left: string[],
  work: () => Promise<void>,
): Promise<void> {
  const stopped: string[] = [];
  const failures: unknown[] = [];
  try {
    for (const vmId of stop) {
      await run((operationId) => client.vm.stop({ vmId, operationId }));
      stopped.push(vmId);
    }
    await work();
  } catch (error) {
    failures.push(error);
  }
  for (const vmId of stopped) {
    try {
      await run((operationId) => client.vm.start({ vmId, operationId }));
    } catch (error) {
      failures.push(error);
      left.push(step.stops[stop.indexOf(vmId)] ?? vmId);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** `vmIds` is kept as the ENV should be afterwards. */
async function make(
  client: TtClient,
  name: string,
  act: Act,
  { allowed: { overrideLimit, wait, cold }, run }: Pick<Way, 'allowed' | 'run'>,
  vmIds: Set<string>,
): Promise<void> {
  const past = overrideLimit && { overrideLimit };
  const boot = { ...(wait === false && { wait }), ...(cold && { cold }) };
  switch (act.call) {
    case 'createEnv': {
      const request = newEnvRequest(act.file);
      await run((operationId) => client.env.create({ operationId, ...request, ...past, ...boot }));
      return;
    }
    case 'updateEnv':
      await run((operationId) => client.env.update({ operationId, name, ...act.change, ...past }));
      return;
    case 'updateVm':
      await run((operationId) => client.vm.update({ operationId, vmId: act.vmId, ...act.change }));
      return;
    case 'addDisk': {
      const { vmId, sizeMiB, limits } = act;
      await run((operationId) => client.disk.add({ operationId, vmId, sizeMiB, ...(limits && { limits }) }));
      return;
    }
    case 'growDisk': {
      const { vmId, name: disk, sizeMiB } = act;
      await run((operationId) => client.disk.grow({ operationId, vmId, name: disk, sizeMiB }));
      return;
    }
    case 'limitDisk': {
      const { vmId, name: disk, limits } = act;
      await run((operationId) => client.disk.limit({ operationId, vmId, name: disk, limits }));
      return;
    }
    case 'removeDisk': {
      const { vmId, name: disk, isAttached } = act;
      if (isAttached) await run((operationId) => client.disk.detach({ operationId, vmId, name: disk }));
      await run((operationId) => client.disk.remove({ operationId, vmId, name: disk }));
      return;
    }
    case 'changeMedium': {
      const { vmId, medium } = act;
      await run((operationId) =>
        medium === null
          ? client.cd.eject({ operationId, vmId, name: FIRST_DRIVE })
          : client.cd.insert({ operationId, vmId, name: FIRST_DRIVE, medium, ...(wait === false && { wait }) }),
      );
      return;
    }
    case 'addVms': {
      const groups = [newGroup(act.group)];
      const { env } = await run((operationId) => client.env.addVms({ operationId, name, groups, ...boot }));
      for (const id of env.vmIds) vmIds.add(id);
      return;
    }
    case 'removeVm':
      await run((operationId) => client.env.removeVms({ operationId, name, vmIds: [act.vmId] }));
      vmIds.delete(act.vmId);
      return;
    case 'none':
      return;
    default:
      act satisfies never;
  }
}

const FIRST_DRIVE = 'cd0';
