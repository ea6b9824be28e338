// An operation as one value: its kind, who may, what it is about, which ENV is held meanwhile, whether it can be cancelled, and
// what it does. The contract says what goes in and out; run-operation.ts runs it.
import type { Contract, EnvDetail, Operation, OperationKind } from '@tt/protocol';
import type { z } from 'zod';
import type { Caller } from './caller.ts';
import type { OperationContext } from './operation-registry.ts';
import type { Services } from './services.ts';

/** Kinds that no call begins: the agent does, by its own clock. */
interface AgentCalls {
  'env.end': { input: { name: string }; result: EnvDetail };
  'snapshot.setClocks': { input: { envName: string; name: string; vmIds: readonly string[] }; result: void };
}

type CallOf<Kind extends OperationKind> = Kind extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof Contract
    ? Verb extends keyof Contract[Noun]
      ? Contract[Noun][Verb]
      : never
    : never
  : never;

/** What the call of this kind is given, as the contract parsed it. */
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
   * Finds what the call is about and throws when this caller may not do it, or when it can't be: such a call is refused
   * before an operation is seen. Not asked for a repeated call.
   */
  allow(services: Services, caller: Caller, input: InputOf<Kind>): Target;
  /** What people are shown it is about. */
  subject(target: Target, input: InputOf<Kind>): Operation['subject'];
  /**
   * Name of the ENV that is held while it runs; others are told ENV_BUSY with its kind. Absent or null: it needs none, or it
   * holds ENVs itself for a part of its time.
   */
  lock?(target: Target, input: InputOf<Kind>): string | null;
  /** Ends or removes something: on a full disk it may use the reserve for what it writes down itself. Default: it may not. */
  readonly frees?: true;
  run(scope: OperationScope<InputOf<Kind>, Target>): Promise<ResultOf<Kind>>;
}

export function defineOperation<Kind extends OperationKind, Target>(
  definition: OperationDefinition<Kind, Target>,
): OperationDefinition<Kind, Target> {
  return definition;
}
