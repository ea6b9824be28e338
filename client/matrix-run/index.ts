// Compatibility checks that run: what is to be done on each machine, and how it went. Who carries it out is `tt matrix run`.
export { commandOf } from './work.ts';
export { type PlannedService, type PlannedStep, type PlannedWork, planVm, type VmPlan } from './vm-plan.ts';
export {
  type Act,
  type CommandEnd,
  hasFailed,
  isOver,
  nextAct,
  type Outcome,
  resultOfVm,
  settled,
  startedAct,
  type VmProgress,
  vmProgress,
} from './vm-progress.ts';
export { isListening, LISTENING } from './listening.ts';
export { countResults, type MatrixState, matrixReport, matrixResult, newEnvOf } from './report.ts';
