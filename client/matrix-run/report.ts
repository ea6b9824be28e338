// Pure: the state of a matrix -> the report, and the ENV that a matrix file asks for.
import type { MatrixFile, MatrixReport, MatrixResult } from '@tt/protocol';
import { newGroup } from '../env-file/new-env-request.ts';
import { resultOfVm, type VmProgress } from './vm-progress.ts';

export interface MatrixState extends Pick<MatrixReport, 'startedAt' | 'endedAt' | 'firstFailure' | 'snapshot' | 'env'> {
  file: MatrixFile;
  envName: string;
  vms: readonly VmProgress[];
}

/** What `env.create` takes. When nobody deletes it, its lifetime does. */
export function newEnvOf({ env = {}, systems }: MatrixFile, name: string) {
  return { ...env, name, endPolicy: 'delete' as const, groups: systems.map(newGroup) };
}

export function matrixReport({ file, vms, ...state }: MatrixState): MatrixReport {
  const { envName, startedAt, endedAt, firstFailure, snapshot, env } = state;
  return {
    version: 1,
    name: file.name,
    envName,
    startedAt,
    endedAt,
    result: matrixResult(vms),
    steps: file.steps.map(({ name }) => name),
    vms: vms.map((progress) => ({
      vmId: progress.plan.vmId,
      vmName: progress.plan.vmName,
      os: progress.plan.os,
      result: resultOfVm(progress),
      failure: progress.failure,
      steps: [...progress.steps],
      artefacts: [...progress.fetched],
    })),
    firstFailure,
    snapshot,
    env,
  };
}

/** A step that failed weighs more than a guest that was not reached. Null while one goes on. */
export function matrixResult(vms: readonly VmProgress[]): MatrixResult | null {
  const results = vms.map(resultOfVm);
  if (results.includes(null)) return null;
  return (['failed', 'unreachable', 'cancelled'] as const).find((result) => results.includes(result)) ?? 'passed';
}

export function countResults({ vms }: Pick<MatrixReport, 'vms'>): Record<MatrixResult, number> {
  const counts = { passed: 0, failed: 0, unreachable: 0, cancelled: 0 };
  for (const { result } of vms) if (result !== null) counts[result]++;
  return counts;
}
