// An operation as one value: its kind, who can run it, what it is about, which ENV it locks, whether it can be cancelled, and
// its function. The contract has its input and output; run-operation.ts runs it.
import type { Contract, EnvDetail, Operation, OperationKind } from '@tt/protocol';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';

/** Kinds that no call starts: the agent starts them periodically. */
interface AgentCalls {
  'env.end': { input: { name: string }; result: EnvDetail };
  'snapshot.setClocks': { input: { envName: string; name: string; vmIds: readonly string[] }; result: undefined };
}

type CallOf<Kind extends OperationKind> = Kind extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof Contract
    ? Verb extends keyof Contract[Noun]
      ? Contract[Noun][Verb]
      : never
    : never
  : never;

/** The input of the call of this kind, parsed by the contract. */
export type InputOf<Kind extends OperationKind> = Kind extends keyof AgentCalls
  ? AgentCalls[Kind]['input']
  : CallOf<Kind> extends { '~orpc': { inputSchema?: infer Schema } }
    ? z.output<Extract<Schema, z.ZodType>>
    : never;

/** What the call of this kind answers. */
export type ResultOf<Kind extends OperationKind> = Kind extends keyof AgentCalls
  ? AgentCalls[Kind]['result']
  : CallOf<Kind> extends { '~orpc': { outputSchema?: infer Schema } }
    ? z.input<Extract<Schema, z.ZodType>>
    : never;

export interface OperationScope<Input, Target> {
  services: Services;
  caller: Caller;
  input: Input;
  /** What `allow` found. */
  target: Target;
  operation: OperationContext;
}

export interface OperationDefinition<Kind extends OperationKind, Target> {
  readonly kind: Kind;
  /** Whether it can be cancelled, up to its point of no return; the others run to their end. */
  readonly cancellable: boolean;
  /**
   * Finds what the call is about and throws if the caller has no permission, or if it is not possible: such a call is refused
   * before an operation becomes visible. Not called for a repeated call.
   */
  allow(services: Services, caller: Caller, input: InputOf<Kind>): Target;
  /** What people are shown it is about. */
  subject(target: Target, input: InputOf<Kind>): Operation['subject'];
  /**
   * Name of the ENV that is locked while it runs; others get ENV_BUSY with its kind. Absent or null: it needs none, or it locks
   * ENVs itself for part of its time.
   */
  lock?(target: Target, input: InputOf<Kind>): string | null;
  /** Stops or removes something: on a full disk it can use the reserve for its own records. Default: false. */
  readonly frees?: true;
  run(scope: OperationScope<InputOf<Kind>, Target>): Promise<ResultOf<Kind>>;
}

export function defineOperation<Kind extends OperationKind, Target>(
  definition: OperationDefinition<Kind, Target>,
): OperationDefinition<Kind, Target> {
  return definition;
}
