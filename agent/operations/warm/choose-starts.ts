// Chooses for each planned VM whether it wakes from the warm instant of its image or boots, and counts what images are used for.
import type { PlannedStart, PlannedVm } from '../vms/plan-vms.ts';
import type { Services } from '../services.ts';
import { isStale } from './is-stale.ts';
import { type StartRequest, warmMachineOf, whyNotWarm } from './warm-fit.ts';

type ChoosingServices = Pick<Services, 'engines' | 'images' | 'imageUses' | 'now' | 'settings' | 'warm'>;

/** Reads the files of the images first; what it returns chooses at once. */
export async function startsFor(
  services: ChoosingServices,
  plan: readonly PlannedVm[],
  request: StartRequest,
): Promise<(planned: PlannedVm) => PlannedStart> {
  const { engines, warm } = services;
  const current = new Set<string>();
  for (const imageName of new Set(plan.map(({ image }) => image.name))) {
    const record = warm.ready(imageName);
    if (record && !(await isStale(services, record))) current.add(record.vm.id);
  }
  noteUses(services, plan, request);
  return (planned) => {
    const machine = warmMachineOf(planned, request);
    if (typeof machine === 'string') return { reason: machine };
    const record = warm.ready(planned.image.name);
    if (!record) return { reason: 'notWarm' };
    if (request.cold) return { reason: 'asked' };
    const { acceleration } = engines.forVm(planned);
    const about = { isCurrent: current.has(record.vm.id), acceleration: acceleration.kind };
    const reason = whyNotWarm(machine, record, about);
    return reason === null ? { warm: record } : { reason };
  };
}

/** Only where images are kept warm by their use: each of these is a write. */
function noteUses(services: ChoosingServices, plan: readonly PlannedVm[], request: StartRequest): void {
  const { imageUses, now, settings } = services;
  if (settings.current.warmImages.count === 0) return;
  for (const [imageName, vms] of Map.groupBy(plan, ({ image }) => image.name)) {
    const machine = vms.map((vm) => warmMachineOf(vm, request)).findLast((one) => typeof one !== 'string');
    if (machine) imageUses.note(imageName, vms.length, machine, now());
  }
}
