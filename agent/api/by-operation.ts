// A call whose handler is an operation.
import type { OperationKind } from '@tt/protocol';
import type { InputOf, OperationDefinition, ResultOf } from '../operations/define-operation.ts';
import { runOperation } from '../operations/run-operation.ts';
import type { KnownCallContext } from './context.ts';
import { operations } from './operations.ts';

/** The handler of the call with this name. Its input and output are checked against the contract where it is used. */
export function byOperation<Kind extends OperationKind>(kind: Kind) {
  // The table has each definition under its own kind; TypeScript can't follow that through an index.
  const definition = operations[kind] as unknown as OperationDefinition<Kind, unknown>;
  return ({
    input,
    context: { services, caller },
  }: {
    input: InputOf<Kind> & { operationId?: string | undefined };
    context: KnownCallContext;
  }): Promise<ResultOf<Kind>> => runOperation(services, definition, input, caller);
}
