// ENVs as code, for the command line and the window: files of ENVs, plans, and what carries them out.
export { type Allowed, carryOut, type Run, type StepResult, type Way, withAllowed } from './carry-out.ts';
export { planEnv, type World } from './plan-env.ts';
export type { Change, Planned, PlanStep } from './plan-step.ts';
export { readEnvFile } from './read-env-file.ts';
export { currentEnv, type EnvPlan, planFor } from './still-planned.ts';
export { envFileYaml, type ExportedEnv, exportedEnv } from './write-env-file.ts';
