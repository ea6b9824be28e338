// The steps of a plan, as they are shown and as they are carried out.
import type { DriveLimits, EnvFile, EnvFileGroup, MachineChange, Reason } from '@tt/protocol';

/** One value that differs. */
export interface Change {
  /** As the file names it: `memoryMiB`, `disks[0].sizeMiB`. */
  field: string;
  /** What it is now; null: nothing. */
  from: unknown;
  /** What it will be; null: nothing. */
  to: unknown;
}

export type StepKind = 'createEnv' | 'changeEnv' | 'changeVm' | 'addVms' | 'removeVm';

/** What `--json` prints of a step. */
export interface PlanStep {
  kind: StepKind;
  envName: string;
  /** Of one VM: its whole name. */
  vmName: string | null;
  changes: Change[];
  /** Names of running VMs that must be stopped for it. */
  stops: string[];
  /** Whether data of VMs or disks is deleted. */
  losesData: boolean;
  /** Why it can’t be done whatever is allowed; null: it can. */
  refused: Reason | null;
}

/** The calls that carry a step out. */
export type Act =
  | { call: 'createEnv'; file: EnvFile }
  | { call: 'updateEnv'; change: EnvChange }
  | { call: 'updateVm'; vmId: string; change: MachineChange }
  | { call: 'addDisk'; vmId: string; sizeMiB: number; limits: DriveLimits | null }
  | { call: 'growDisk'; vmId: string; name: string; sizeMiB: number }
  | { call: 'limitDisk'; vmId: string; name: string; limits: DriveLimits }
  | { call: 'removeDisk'; vmId: string; name: string; isAttached: boolean }
  | { call: 'changeMedium'; vmId: string; medium: string | null }
  | { call: 'addVms'; group: EnvFileGroup }
  | { call: 'removeVm'; vmId: string }
  | { call: 'none' };

/** What the file says of an ENV besides its VMs, as `env.update` takes it. */
export type EnvChange = Partial<Pick<EnvFile, EnvFieldName>>;
export const envFieldNames = [
  'title',
  'notes',
  'tags',
  'endPolicy',
  'lifetimeS',
  'denyOutgoing',
  'snapshotSchedule',
] as const;
export type EnvFieldName = (typeof envFieldNames)[number];

/** A step with what carries it out, which may hold secrets: only `step` is shown. */
export interface Planned {
  step: PlanStep;
  act: Act;
  /** Ids of the VMs that `step.stops` names. */
  stop: string[];
  /** What the file says of the VM that is changed. */
  group?: EnvFileGroup;
}

/** Equal values of the contract: objects with the same keys in any order. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const entries = Object.entries(one);
  const others = new Map<string, unknown>(Object.entries(other));
  return (
    entries.length === others.size && entries.every(([key, value]) => others.has(key) && isSame(value, others.get(key)))
  );
}
