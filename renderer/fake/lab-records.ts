// What labs, profiles and their sessions share in the fake world: finding records, ENVs that carry a lab's mark.
import type { Lab, LabSession, Profile, TtClient } from '@tt/protocol';
import { isValidName, TtError } from '@tt/protocol';
import { findImage } from './find-image.ts';
import { later, newEnv, newVm, withState } from './make.ts';
import type { FakeWorld } from './world.ts';

export type Input<Group extends keyof TtClient, Call extends keyof TtClient[Group]> = TtClient[Group][Call] extends (
  input: infer Wish,
  ...rest: never[]
) => unknown
  ? Wish
  : never;

type Mark = Pick<LabSession, 'kind' | 'labName' | 'profileName' | 'sessionName' | 'terminalName'>;

export function findProfile(world: FakeWorld, name: string): Profile {
  const found = world.profiles.get(name);
  if (!found) throw new TtError('PROFILE_NOT_FOUND', { profileName: name, near: [] });
  return found;
}

export function findLab(world: FakeWorld, name: string): Lab {
  const found = world.labs.get(name);
  if (!found) throw new TtError('LAB_NOT_FOUND', { labName: name, near: [] });
  return found;
}

export function sessionsOf(world: FakeWorld, labName: string): LabSession[] {
  return [...world.envs.values()].flatMap(({ name: envName, lab, startAt, endAt }) => {
    if (lab?.kind !== 'session' || lab.labName !== labName) return [];
    const [vm] = world.vmsOf(envName);
    const about = { vmId: vm?.id ?? null, state: vm?.state ?? 'creating', viewers: vm?.viewers ?? 0 } as const;
    return { ...lab, ...about, envName, version: vm?.base?.version ?? null, startedAt: startAt, endAt };
  });
}

export function clientsOf(world: FakeWorld, profileName: string) {
  return [...world.vms.values()].filter(
    (vm) => vm.discardWrites && vm.base?.profileName === profileName && vm.state === 'running',
  );
}

export function addMarkedEnv(
  world: FakeWorld,
  name: string,
  profile: Profile,
  lab: NonNullable<LabSession | null> | Mark,
) {
  const startAt = new Date().toISOString();
  const { kind, labName, profileName, sessionName, terminalName } = lab;
  const env = newEnv(world, {
    name,
    title: profile.title,
    startAt,
    endAt: later(startAt, 3600),
    lab: { kind, labName, profileName, sessionName, terminalName },
  });
  world.putEnv(env, 'env.created');
  const { os } = findImage(world, profile.image);
  const vm = {
    ...newVm(world, name, `${os}-1`, profile.image, profile.resources),
    discardWrites: kind === 'session',
    base: { profileName, version: profile.version },
  };
  world.putVm(withState(vm, 'running'), 'vm.created');
  return { env: world.envs.get(name) ?? env, vms: world.vmsOf(name), snapshots: [] };
}

export function removeEnv(world: FakeWorld, envName: string): void {
  for (const { id } of world.vmsOf(envName)) world.removeVm(id);
  world.envs.delete(envName);
  world.emit('env.deleted', { name: envName });
}

export function mustBeNew(name: string, isTaken: boolean, code: 'LAB_NAME_TAKEN' | 'PROFILE_NAME_TAKEN'): void {
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  if (isTaken && code === 'LAB_NAME_TAKEN') throw new TtError(code, { labName: name });
  if (isTaken) throw new TtError('PROFILE_NAME_TAKEN', { profileName: name });
}

export function given<Values extends object>(
  values: Values,
): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: Exclude<Values[Name], undefined>;
  };
}
