// What calls about one VM have in common: who may, and the operation they run as.
import type { OperationKind } from '@tt/protocol';
import { mayChange } from '../operations/caller.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import type { KnownCallContext } from './context.ts';

interface VmCall {
  vmId: string;
  operationId?: string | undefined;
}

/** Kinds that can be cancelled; the others must run to their end. */
const cancellable: readonly OperationKind[] = ['vm.start', 'vm.clone', 'disk.add'];

/** Runs an operation on a VM the caller may change, with the VM's name in the operation for people to read. */
export async function onVm<Result>(
  { services, caller }: KnownCallContext,
  kind: OperationKind,
  { vmId, operationId }: VmCall,
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  // A repeated call gets its result also when the VM is gone since (it may be the call that deleted it).
  const repetition = { id: operationId, kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  const { envName, name } = services.inventory.vm(vmId);
  mayChange(services, caller, envName);
  const subject = { envName, vmId, vmName: name };
  return services.operations.run({ ...repetition, subject, cancellable: cancellable.includes(kind) }, work);
}

/** The same, holding the VM's ENV meanwhile; others are told that the VM `does` something. */
export function onLockedVm<Result>(
  context: KnownCallContext,
  kind: OperationKind,
  input: VmCall,
  does: string,
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  return onVm(context, kind, input, (operation) => {
    const { envName, name } = context.services.inventory.vm(input.vmId);
    return context.services.locks.hold(envName, `${name} ${does}`, () => work(operation));
  });
}
