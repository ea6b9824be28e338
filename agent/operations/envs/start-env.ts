// Starts the stopped VMs of an ENV and resumes the paused ones. If one cannot be started, the others keep running.
import { defineOperation } from '../define-operation.ts';
import { envDetail } from './env-detail.ts';
import { chosenOf } from './member-of.ts';
import { mustHaveTime } from './lifetime.ts';
import { startAll } from '../vms/make-vms.ts';
import { withCapacityFor } from '../capacity/capacity.ts';
import { resumePaused } from '../vms/resume-vm.ts';
import { holdingEnv } from '../targets.ts';

export const startEnvOperation = defineOperation({
  kind: 'env.start',
  ...holdingEnv,
  cancellable: true,
  async run({ services, input, target: env, operation }) {
    mustHaveTime(env);
    const vms = chosenOf(services.inventory.vmsOf(env.name), input.vmIds);
    const halted = vms.filter((vm) => vm.status.state === 'stopped' || vm.status.state === 'failed');
    const vmIds = halted.map((vm) => vm.id);
    await withCapacityFor(services, halted, () => startAll(services, vmIds, operation));
    const paused = vms.filter((vm) => vm.status.state === 'paused' && services.running.get(vm.id));
    for (const vm of paused) await resumePaused(services, vm);
    return envDetail(services, env.name);
  },
});
