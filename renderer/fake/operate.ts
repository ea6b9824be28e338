// Runs a made-up operation in steps, with progress and cancel, as the agent would tell of a real one.
import type { Operation, OperationKind, StepCode } from '@tt/protocol';
import { TtError, toErrorRecord } from '@tt/protocol';
import type { FakeWorld } from './world.ts';

export const cancelled = new WeakMap<FakeWorld, Set<string>>();

export interface FakePlan<Value> {
  id: string;
  kind: OperationKind;
  subject: Operation['subject'];
  steps: readonly StepCode[];
  cancellable?: boolean;
  /** Before the steps: refuses what can't be. */
  check?: () => void;
  /** After the steps: makes it so. */
  finish: () => Value;
}

export async function operate<Value>(world: FakeWorld, plan: FakePlan<Value>): Promise<Value> {
  world.checkReachable();
  plan.check?.();
  const start: Operation = {
    id: plan.id,
    kind: plan.kind,
    subject: plan.subject,
    state: 'running',
    step: plan.steps[0] ? { code: plan.steps[0], data: {} } : null,
    progress: { done: 0, total: plan.steps.length },
    cancellable: plan.cancellable ?? false,
    startedAt: new Date().toISOString(),
    endedAt: null,
    error: null,
  };
  const end = (change: Partial<Operation>) => {
    const last = world.operations.get(plan.id) ?? start;
    world.putOperation({ ...last, cancellable: false, endedAt: new Date().toISOString(), ...change });
  };
  try {
    for (const [done, code] of plan.steps.entries()) {
      world.putOperation({ ...start, step: { code, data: {} }, progress: { done, total: plan.steps.length } });
      await pause(world.stepMs);
      if (cancelled.get(world)?.has(plan.id)) {
        throw new TtError('OPERATION_CANCELLED', { operation: plan.kind });
      }
    }
    const value = plan.finish();
    end({
      state: 'succeeded',
      step: { code: 'finished', data: {} },
      progress: { done: plan.steps.length, total: plan.steps.length },
    });
    return value;
  } catch (error) {
    const known = error instanceof TtError ? error : new TtError('INTERNAL', { requestId: 'fake' }, { cause: error });
    const state = known.code === 'OPERATION_CANCELLED' ? 'cancelled' : 'failed';
    end({ state, error: state === 'failed' ? toErrorRecord(known) : null });
    throw known;
  }
}

export function pause(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
