// ENVs as code, for the command line and the window: files of ENVs, plans, and what carries them out.
export { type Allowed, carryOut, type Run, type StepResult, type Way, withAllowed } from './carry-out.ts';
export { newEnvRequest } from './new-env-request.ts';
export { planEnv, type World } from './plan-env.ts';
export { type Change, isSame, type Planned, type PlanStep } from './plan-step.ts';
export { plansFor } from './plans-for.ts';
export { readEnvFile } from './read-env-file.ts';
export { envFileFrom, readEnvCalled, readNewEnv, readTemplate } from './read-template.ts';
export { withEnvName } from './rename-text.ts';
export { type EnvPlan, planFor } from './still-planned.ts';
export { envFileYaml, type ExportedEnv, exportedEnv } from './write-env-file.ts';
