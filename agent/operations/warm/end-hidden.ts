// Ends the VM that is booted to warm an image.
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';
import { bareSpec } from '../vms/launch-spec.ts';

/** Ends its process, whether that was recorded or not, with all it has beside its disk. Idempotent. */
export async function endHidden(
  services: Pick<Services, 'runRoot' | 'storage' | 'images' | 'uefi' | 'engines' | 'cgroups'>,
  vm: VmRecord,
): Promise<void> {
  const spec = bareSpec(services, vm);
  const engine = services.engines.forVm(vm);
  const process = await engine.find(spec);
  if (process) await engine.stop(spec, process);
  await services.cgroups.destroy(vm.id);
  await engine.destroy(spec);
}
