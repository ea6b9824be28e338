// Runs a defined operation: once per operation id, after checking permission, with its ENV locked, and visible to followers.
import type { OperationKind } from '@tt/protocol';
import { AGENT } from '../access/owners.ts';
import type { Caller } from './caller.ts';
import type { InputOf, OperationDefinition, ResultOf } from './define-operation.ts';
import type { Services } from './services.ts';

/**
 * Returns its result, or that of the run that already has this id: a repeated call gets it even if its subject no longer exists
 * (the call may have deleted it). Rejects like `allow` and `run`, or with ENV_BUSY.
 */
export async function runOperation<Kind extends OperationKind, Target>(
  services: Services,
  definition: OperationDefinition<Kind, Target>,
  input: InputOf<Kind> & { operationId?: string | undefined },
  caller: Caller,
): Promise<ResultOf<Kind>> {
  const { kind, cancellable } = definition;
  const repetition = { id: input.operationId, kind, callerName: caller === AGENT ? undefined : caller.name };
  const again = services.operations.resultOf<ResultOf<Kind>>(repetition);
  if (again) return again;
  const target = definition.allow(services, caller, input);
  const start = { ...repetition, subject: definition.subject(target, input), cancellable };
  return services.operations.run(start, (operation) => {
    const work = () => {
      if (definition.frees) services.reserve.makeSpace();
      return definition.run({ services, caller, input, target, operation });
    };
    const envName = definition.lock?.(target, input) ?? null;
    return envName === null ? work() : services.locks.hold(envName, kind, work);
  });
}
