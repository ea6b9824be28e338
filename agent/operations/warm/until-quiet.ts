// Waits until the guest of an image that is being warmed is up and has calmed down: its guest agent answers, and it needs hardly any
// processor time.
import { reason, TtError } from '@tt/protocol';
import type { RunningVm } from '../../engines/interface.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { untilAnswered, untilIdle } from '../vms/boot-waves.ts';

/** Emulated guests of real distributions take minutes on a busy host. */
const ANSWER_LIMIT_MS = 15 * 60_000;
/** One that never rests, in a minute of looks, is saved as it is: VMs that wake from it go on where it was. */
const QUIET_LOOKS = 120;

/** Rejects with IMAGE_WARM_FAILED if the guest ends or does not answer, or with the reason of `signal`. */
export async function untilQuiet(
  { cgroups, warm }: Pick<Services, 'cgroups' | 'warm'>,
  imageName: string,
  guest: RunningVm,
  signal: AbortSignal,
  context: Pick<OperationContext, 'step'>,
): Promise<void> {
  const gone = new AbortController();
  void guest.exited.then(() => gone.abort());
  const within = (ms: number) => AbortSignal.any([signal, gone.signal, AbortSignal.timeout(ms)]);
  const mustRun = () => {
    signal.throwIfAborted();
    if (gone.signal.aborted) throw failed(imageName, 'engine.VM_GONE');
  };
  context.step('waitingForGuest');
  const answering = within(ANSWER_LIMIT_MS);
  await untilAnswered({ answers: (timeoutMs) => guest.guestAnswers(timeoutMs) }, warm.lookEveryMs, answering);
  mustRun();
  if (answering.aborted) throw failed(imageName, 'engine.GUEST_AGENT_SILENT');
  context.step('waitingForQuiet');
  const cpuUs = async () => (await cgroups.usage(guest.id)).cpuUs;
  await untilIdle({ cpuUs }, Number.POSITIVE_INFINITY, warm.lookEveryMs, within(QUIET_LOOKS * warm.lookEveryMs));
  mustRun();
}

function failed(imageName: string, code: 'engine.VM_GONE' | 'engine.GUEST_AGENT_SILENT'): TtError {
  return new TtError('IMAGE_WARM_FAILED', { imageName, reason: reason(code) });
}
