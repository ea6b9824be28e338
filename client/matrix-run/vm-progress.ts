// Pure: how far one machine of a matrix is, what is to be done next there, and what the end of that means. Nothing here waits, asks or
// knows a clock: whoever carries it out tells when something began and ended.
import type {
  ErrorRecord,
  MatrixArtefact,
  MatrixFetched,
  MatrixOutput,
  MatrixResult,
  MatrixStepResult,
  MatrixStepState,
  RunVmState,
} from '@tt/protocol';
import type { PlannedService, PlannedWork, VmPlan } from './vm-plan.ts';

/** What is to be done next. `step`: its index; null: before the first one, or at the end. */
export type Act =
  /** Wait until the guest answers. */
  | { do: 'reach'; step: null }
  | { do: 'await'; step: number | null; service: PlannedService }
  | { do: 'run'; step: number; work: PlannedWork; afterMs: number }
  | { do: 'fetch'; step: number | null; artefacts: readonly MatrixArtefact[] };

export interface CommandEnd {
  state: RunVmState;
  exitCode: number | null;
  signal: string | null;
  failure: ErrorRecord | null;
  stdout: MatrixOutput;
  stderr: MatrixOutput;
}

/** How an act ended. */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'ran'; end: CommandEnd }
  | { kind: 'fetched'; fetched: readonly MatrixFetched[] }
  /** The service did not come. */
  | { kind: 'absent'; failure: ErrorRecord }
  /** The guest could not be asked. */
  | { kind: 'unreachable'; failure: ErrorRecord }
  | { kind: 'cancelled' };

export interface VmProgress {
  readonly plan: VmPlan;
  /** What is left, in order. */
  readonly rest: readonly Act[];
  readonly steps: readonly MatrixStepResult[];
  readonly fetched: readonly MatrixFetched[];
  /** Why no step was reached. */
  readonly failure: ErrorRecord | null;
  readonly isUnreachable: boolean;
  readonly isCancelled: boolean;
}

const NOTHING: MatrixOutput = { text: '', bytes: 0, leftOutBytes: 0 };

export function vmProgress(plan: VmPlan): VmProgress {
  const awaiting = (step: number | null, services: readonly PlannedService[]) =>
    services.map((service): Act => ({ do: 'await', step, service }));
  const fetching = (step: number | null, artefacts: readonly MatrixArtefact[]): Act[] =>
    artefacts.length > 0 ? [{ do: 'fetch', step, artefacts }] : [];
  const ofSteps = plan.steps.flatMap(({ work, waitFor, artefacts }, step): Act[] =>
    work === null
      ? []
      : [...awaiting(step, waitFor), { do: 'run', step, work, afterMs: 0 }, ...fetching(step, artefacts)],
  );
  return {
    plan,
    rest: [{ do: 'reach', step: null }, ...awaiting(null, plan.waitFor), ...ofSteps, ...fetching(null, plan.artefacts)],
    steps: plan.steps.map(({ name, work }) => ({
      name,
      state: work === null ? 'skipped' : 'waiting',
      attempts: 0,
      startedAt: null,
      endedAt: null,
      exitCode: null,
      signal: null,
      timedOut: false,
      failure: null,
      stdout: NOTHING,
      stderr: NOTHING,
    })),
    fetched: [],
    failure: null,
    isUnreachable: false,
    isCancelled: false,
  };
}

/** Null when the machine is done. What is only fetched after failures is left out where there is none. */
export function nextAct(progress: VmProgress): Act | null {
  const [next] = progress.rest;
  if (next?.do !== 'fetch') return next ?? null;
  const isBad = next.step === null ? hasFailed(progress) : progress.steps[next.step]?.state === 'failed';
  return { ...next, artefacts: next.artefacts.filter(({ when }) => when === 'always' || isBad) };
}

/** The step of this act has begun. */
export function startedAct(progress: VmProgress, act: Act, at: Date): VmProgress {
  if (act.step === null || act.do === 'fetch') return progress;
  const startedAt = progress.steps[act.step]?.startedAt ?? at.toISOString();
  return withStep(progress, act.step, { state: 'running', startedAt });
}

/** After its next act. */
export function settled(progress: VmProgress, outcome: Outcome, at: Date): VmProgress {
  const [act, ...rest] = progress.rest;
  if (!act) return progress;
  switch (outcome.kind) {
    case 'done':
      return { ...progress, rest };
    case 'fetched':
      return { ...progress, rest, fetched: [...progress.fetched, ...outcome.fetched] };
    case 'ran':
      return afterRun(progress, act, outcome.end, at);
    case 'absent':
      return failed(progress, act, { failure: outcome.failure }, at);
    case 'unreachable':
      return unreachable(progress, act, { failure: outcome.failure }, at);
    case 'cancelled':
      return cancelled(progress, act, {}, at);
    default:
      return outcome satisfies never;
  }
}

function afterRun(progress: VmProgress, act: Act, end: CommandEnd, at: Date): VmProgress {
  if (act.do !== 'run') return progress;
  const { exitCode, signal, failure, stdout, stderr, state } = end;
  const attempts = (progress.steps[act.step]?.attempts ?? 0) + 1;
  const how = { attempts, exitCode, signal, failure, stdout, stderr, timedOut: state === 'timedOut' };
  const [, ...rest] = progress.rest;
  switch (state) {
    case 'cancelled':
      return cancelled(progress, act, how, at);
    case 'unreachable':
    case 'lost':
      return unreachable(progress, act, how, at);
    case 'waiting':
    case 'running':
    case 'exited':
    case 'timedOut':
      break;
    default:
      state satisfies never;
  }
  if (state === 'exited' && exitCode === 0 && failure === null) {
    return { ...withStep(progress, act.step, { ...how, state: 'passed', endedAt: at.toISOString() }), rest };
  }
  const step = progress.plan.steps[act.step];
  if (step && attempts <= step.retries) {
    const again: Act = { ...act, afterMs: step.retryAfterMs };
    return { ...withStep(progress, act.step, how), rest: [again, ...rest] };
  }
  return failed(progress, act, how, at);
}

/** Its artefacts are fetched, and those of the end; of the other steps nothing is done, unless the file says so. */
function failed(progress: VmProgress, act: Act, how: Partial<MatrixStepResult>, at: Date): VmProgress {
  const { step } = act;
  if (step === null) {
    return {
      ...withRest(progress, 'notReached', (left) => left.do === 'fetch' && left.step === null),
      failure: how.failure ?? null,
    };
  }
  const after = withStep(progress, step, { ...how, state: 'failed', endedAt: at.toISOString() });
  const isOfStep = (left: Act) => left.do === 'fetch' && left.step === step;
  if (progress.plan.steps[step]?.goesOn === true) {
    return { ...after, rest: after.rest.filter((left) => left.step !== step || isOfStep(left)) };
  }
  return withRest(after, 'notReached', (left) => isOfStep(left) || (left.do === 'fetch' && left.step === null));
}

function unreachable(progress: VmProgress, act: Act, how: Partial<MatrixStepResult>, at: Date): VmProgress {
  const after =
    act.step === null || act.do === 'fetch'
      ? { ...progress, failure: how.failure ?? null }
      : withStep(progress, act.step, { ...how, state: 'unreachable', endedAt: at.toISOString() });
  return { ...withRest(after, 'notReached', () => false), isUnreachable: true };
}

function cancelled(progress: VmProgress, act: Act, how: Partial<MatrixStepResult>, at: Date): VmProgress {
  const isOfStep = act.step !== null && progress.steps[act.step]?.state === 'running';
  const after = isOfStep
    ? withStep(progress, act.step ?? 0, { ...how, state: 'cancelled', endedAt: at.toISOString() })
    : progress;
  return { ...withRest(after, 'cancelled', () => false), isCancelled: true };
}

/** Steps that have not begun get `state`, and only acts that are `kept` are left. */
function withRest(progress: VmProgress, state: MatrixStepState, kept: (act: Act) => boolean): VmProgress {
  const [, ...rest] = progress.rest;
  const steps = progress.steps.map((step) => (step.state === 'waiting' ? { ...step, state } : step));
  return { ...progress, steps, rest: rest.filter(kept) };
}

function withStep(progress: VmProgress, index: number, change: Partial<MatrixStepResult>): VmProgress {
  const steps = progress.steps.map((step, at) => (at === index ? { ...step, ...change } : step));
  return { ...progress, steps };
}

export function isOver({ rest }: VmProgress): boolean {
  return rest.length === 0;
}

/** A step has failed, or what comes before the first one. */
export function hasFailed({ steps, failure, isUnreachable }: VmProgress): boolean {
  return steps.some(({ state }) => state === 'failed') || (failure !== null && !isUnreachable);
}

/** Null until it is over. */
export function resultOfVm(progress: VmProgress): MatrixResult | null {
  if (!isOver(progress)) return null;
  if (hasFailed(progress)) return 'failed';
  if (progress.isCancelled) return 'cancelled';
  return progress.isUnreachable ? 'unreachable' : 'passed';
}
