// Calls about profiles, against the fake world.
import type { OperationKind, Profile } from '@tt/protocol';
import { KEPT_VERSIONS_DEFAULT, TtError } from '@tt/protocol';
import { findImage } from './find-image.ts';
import { addMarkedEnv, clientsOf, findProfile, given, type Input, mustBeNew, removeEnv } from './lab-records.ts';
import { withState } from './make.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

export function profileCalls(world: FakeWorld) {
  const put = (profile: Profile) => {
    world.profiles.set(profile.name, profile);
    world.emit('profile.updated', profile);
    return profile;
  };
  const run = <Value>(
    kind: OperationKind,
    { name, operationId }: { name: string; operationId?: string | undefined },
    finish: () => Value,
    check: () => unknown = () => findProfile(world, name),
  ) =>
    operate(world, {
      id: operationId ?? world.newId('operation'),
      kind,
      subject: { profileName: name },
      steps: ['starting'],
      check: () => void check(),
      finish,
    });
  const adminEnv = (name: string) =>
    [...world.envs.values()].find(({ lab }) => lab?.kind === 'admin' && lab.profileName === name);
  const endAdmin = (name: string) => {
    const env = adminEnv(name);
    if (!env) throw new TtError('PROFILE_NOT_IN_ADMIN_SESSION', { profileName: name });
    removeEnv(world, env.name);
  };
  return {
    list: async () => ({ profiles: [...world.profiles.values()] }),
    show: async ({ name }: { name: string }) => findProfile(world, name),
    create: async (wish: Input<'profile', 'create'>) =>
      run(
        'profile.create',
        wish,
        () => put(newProfile(world, wish.name, wish.image, wish)),
        () => mustBeNew(wish.name, world.profiles.has(wish.name), 'PROFILE_NAME_TAKEN'),
      ),
    update: async ({ operationId, name, cpuCount, memoryMiB, diskMiB, ...plain }: Input<'profile', 'update'>) =>
      run('profile.update', { name, operationId }, () => {
        const profile = findProfile(world, name);
        const resources = { ...profile.resources, ...given({ cpuCount, memoryMiB, diskMiB }) };
        return put({ ...profile, ...given(plain), resources });
      }),
    clone: async (wish: Input<'profile', 'clone'>) =>
      run(
        'profile.clone',
        wish,
        () => put({ ...findProfile(world, wish.name), name: wish.newName }),
        () => mustBeNew(wish.newName, world.profiles.has(wish.newName), 'PROFILE_NAME_TAKEN'),
      ),
    rollback: async (wish: Input<'profile', 'rollback'>) =>
      run('profile.rollback', wish, () => put({ ...findProfile(world, wish.name), version: wish.version })),
    delete: async (wish: Input<'profile', 'delete'>) =>
      run('profile.delete', wish, () => {
        const users = [...world.labs.values()].filter(({ profileNames }) => profileNames.includes(wish.name));
        if (users.length > 0) {
          throw new TtError('PROFILE_IN_USE', { profileName: wish.name, users: users.map(({ name }) => name) });
        }
        world.profiles.delete(wish.name);
        world.emit('profile.deleted', { name: wish.name });
        return { name: wish.name };
      }),
    openAdmin: async (wish: Input<'profile', 'openAdmin'>) =>
      run('profile.openAdmin', wish, () => {
        const clients = clientsOf(world, wish.name);
        if (clients.length > 0 && !wish.stopClients) {
          throw new TtError('PROFILE_CLIENTS_RUN', {
            profileName: wish.name,
            clients: clients.map(({ name }) => name),
          });
        }
        for (const vm of clients) world.putVm(withState(vm, 'stopped'));
        const mark = { kind: 'admin' as const, labName: null, profileName: wish.name, terminalName: null };
        return addMarkedEnv(world, `admin-${wish.name}`, findProfile(world, wish.name), {
          ...mark,
          sessionName: 'admin',
        });
      }),
    publish: async (wish: Input<'profile', 'publish'>) =>
      run('profile.publish', wish, () => {
        endAdmin(wish.name);
        const profile = findProfile(world, wish.name);
        const version = Math.max(...profile.versions.map((known) => known.version)) + 1;
        const entry = { ...versionOf(world, version), notes: wish.notes ?? '', sizeBytes: 64_000_000, isImage: false };
        return put({ ...profile, version, versions: [...profile.versions, entry] });
      }),
    discard: async (wish: Input<'profile', 'discard'>) =>
      run('profile.discard', wish, () => {
        endAdmin(wish.name);
        return findProfile(world, wish.name);
      }),
  };
}

export function newProfile(
  world: FakeWorld,
  name: string,
  imageName: string,
  about: Partial<Omit<Input<'profile', 'create'>, 'name' | 'image' | 'operationId'>> = {},
): Profile {
  const image = findImage(world, imageName);
  const { cpuCount = 1, memoryMiB = image.minMemoryMiB, diskMiB = image.minDiskMiB, ...plain } = about;
  return {
    name,
    title: plain.title ?? '',
    notes: plain.notes ?? '',
    owner: world.me.name,
    image: image.name,
    resources: { cpuCount, memoryMiB, diskMiB },
    netKind: plain.netKind ?? null,
    ports: plain.ports ?? [],
    setup: plain.setup ?? '',
    version: 1,
    versions: [versionOf(world, 1)],
    keptVersions: plain.keptVersions ?? KEPT_VERSIONS_DEFAULT,
    createdAt: new Date().toISOString(),
  };
}

function versionOf(world: FakeWorld, version: number) {
  const publishedAt = new Date().toISOString();
  return { version, publishedAt, publishedBy: world.me.name, notes: '', sizeBytes: 0, isImage: true };
}
