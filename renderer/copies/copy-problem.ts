// Which field of the sheet for copies caused an error of the agent, so that it stands beside that field. Pure.
import type { ErrorRecord } from '@tt/protocol';

export type CopyField = 'newName' | 'copies' | 'lifetime';

const fieldOfCode: Readonly<Record<string, CopyField>> = {
  NAME_INVALID: 'newName',
  ENV_NAME_TAKEN: 'newName',
  LIFETIME_TOO_LONG: 'lifetime',
  // Fewer copies may fit.
  CPU_EXHAUSTED: 'copies',
  MEMORY_EXHAUSTED: 'copies',
  DISK_EXHAUSTED: 'copies',
  DISK_FULL: 'copies',
  QUOTA_EXCEEDED: 'copies',
  TEAM_QUOTA_EXCEEDED: 'copies',
  LIMIT_REACHED: 'copies',
  PORTS_EXHAUSTED: 'copies',
  ADDRESSES_EXHAUSTED: 'copies',
};

/** null: no field did. */
export function fieldOfProblem({ code }: Pick<ErrorRecord, 'code'>): CopyField | null {
  return fieldOfCode[code] ?? null;
}
