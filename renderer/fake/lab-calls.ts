// Calls about labs and profiles, against the fake world. A terminal gets no screen here: there is no guest.
import type { Lab, LabSession, OperationKind, Profile, TtClient } from '@tt/protocol';
import { isValidName, KEPT_VERSIONS_DEFAULT, TtError } from '@tt/protocol';
import { findImage } from './find-image.ts';
import { later, newEnv, newVm, withState } from './make.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

type Input<Group extends keyof TtClient, Call extends keyof TtClient[Group]> = TtClient[Group][Call] extends (
  input: infer Wish,
  ...rest: never[]
) => unknown
  ? Wish
  : never;

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
      steps: ['working'],
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

export function labCalls(world: FakeWorld) {
  const put = (lab: Lab) => {
    world.labs.set(lab.name, lab);
    world.emit('lab.updated', lab);
    return lab;
  };
  const run = <Value>(
    kind: OperationKind,
    { name, operationId }: { name: string; operationId?: string | undefined },
    finish: () => Value,
    check: () => unknown = () => findLab(world, name),
  ) =>
    operate(world, {
      id: operationId ?? world.newId('operation'),
      kind,
      subject: { labName: name },
      steps: ['working'],
      check: () => void check(),
      finish,
    });
  return {
    list: async () => ({ labs: [...world.labs.values()] }),
    show: async ({ name }: { name: string }) => ({ lab: findLab(world, name), sessions: sessionsOf(world, name) }),
    create: async ({ operationId, ...wish }: Input<'lab', 'create'>) =>
      run(
        'lab.create',
        { name: wish.name, operationId },
        () => put(newLab(world, { ...given(wish), name: wish.name })),
        () => mustBeNew(wish.name, world.labs.has(wish.name), 'LAB_NAME_TAKEN'),
      ),
    update: async ({ operationId, name, ...change }: Input<'lab', 'update'>) =>
      run('lab.update', { name, operationId }, () => put({ ...findLab(world, name), ...given(change) })),
    delete: async (wish: Input<'lab', 'delete'>) =>
      run('lab.delete', wish, () => {
        const sessions = sessionsOf(world, wish.name).map(({ sessionName }) => sessionName);
        if (sessions.length > 0) throw new TtError('LAB_IN_USE', { labName: wish.name, sessions });
        world.labs.delete(wish.name);
        world.emit('lab.deleted', { name: wish.name });
        return { name: wish.name };
      }),
    setTerminal: async (wish: Input<'lab', 'setTerminal'>) =>
      run('lab.setTerminal', wish, () => {
        const lab = findLab(world, wish.name);
        const { terminalName: name, address = null, secret, profileName = null } = wish;
        if (address === null && !secret) {
          throw new TtError('TERMINAL_INVALID', { terminalName: name, reason: 'anybody could say its name' });
        }
        const terminal = { name, address, profileName, hasSecret: Boolean(secret) };
        return put({ ...lab, terminals: [...lab.terminals.filter((other) => other.name !== name), terminal] });
      }),
    deleteTerminal: async (wish: Input<'lab', 'deleteTerminal'>) =>
      run('lab.deleteTerminal', wish, () => {
        const lab = findLab(world, wish.name);
        return put({ ...lab, terminals: lab.terminals.filter(({ name }) => name !== wish.terminalName) });
      }),
    startSession: async (wish: Input<'lab', 'startSession'>) =>
      run('lab.startSession', wish, () => startSession(world, wish)),
    stopSession: async (wish: Input<'lab', 'stopSession'>) =>
      run('lab.stopSession', wish, () => {
        const session = sessionsOf(world, wish.name).find(({ sessionName }) => sessionName === wish.sessionName);
        if (!session) {
          const { name: labName, sessionName } = wish;
          throw new TtError('SESSION_NOT_FOUND', { labName, sessionName, near: [] });
        }
        removeEnv(world, session.envName);
        return { sessionName: wish.sessionName };
      }),
  };
}

export function terminalCalls() {
  const refuse = async (): Promise<never> => {
    throw new TtError('TERMINAL_REFUSED', {});
  };
  return { show: refuse, connect: refuse };
}

function startSession(world: FakeWorld, wish: Input<'lab', 'startSession'>): LabSession {
  const lab = findLab(world, wish.name);
  const sessions = sessionsOf(world, lab.name);
  const terminal = lab.terminals.find(({ name }) => name === wish.terminalName);
  const profileName = wish.profileName ?? terminal?.profileName ?? lab.profileNames[0] ?? '';
  const openBy = [...world.envs.values()].find(
    ({ lab: mark }) => mark?.kind === 'admin' && mark.profileName === profileName,
  );
  if (openBy) {
    const { name: envName, owner: openedBy } = openBy;
    throw new TtError('PROFILE_IN_ADMIN_SESSION', { profileName, envName, openedBy });
  }
  if (sessions.length >= lab.seats) throw new TtError('LAB_FULL', { labName: lab.name, seats: lab.seats });
  const sessionName = wish.sessionName ?? terminal?.name ?? `seat-${sessions.length + 1}`;
  const mark = { labName: lab.name, profileName, sessionName, terminalName: terminal?.name ?? null };
  addMarkedEnv(world, `${lab.name}-${sessionName}`, findProfile(world, profileName), { kind: 'session', ...mark });
  const made = sessionsOf(world, lab.name).find((session) => session.sessionName === sessionName);
  if (!made) throw new Error(`${sessionName} was not made`);
  return made;
}

function addMarkedEnv(world: FakeWorld, name: string, profile: Profile, lab: NonNullable<LabSession | null> | Mark) {
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

type Mark = Pick<LabSession, 'kind' | 'labName' | 'profileName' | 'sessionName' | 'terminalName'>;

export function sessionsOf(world: FakeWorld, labName: string): LabSession[] {
  return [...world.envs.values()].flatMap(({ name: envName, lab, startAt, endAt }) => {
    if (lab?.kind !== 'session' || lab.labName !== labName) return [];
    const [vm] = world.vmsOf(envName);
    const about = { vmId: vm?.id ?? null, state: vm?.state ?? 'creating', viewers: vm?.viewers ?? 0 } as const;
    return { ...lab, ...about, envName, version: vm?.base?.version ?? null, startedAt: startAt, endAt };
  });
}

function clientsOf(world: FakeWorld, profileName: string) {
  return [...world.vms.values()].filter(
    (vm) => vm.discardWrites && vm.base?.profileName === profileName && vm.state === 'running',
  );
}

function removeEnv(world: FakeWorld, envName: string): void {
  for (const { id } of world.vmsOf(envName)) world.removeVm(id);
  world.envs.delete(envName);
  world.emit('env.deleted', { name: envName });
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

export function newLab(world: FakeWorld, about: Partial<Lab> & Pick<Lab, 'name'>): Lab {
  return {
    title: '',
    notes: '',
    owner: world.me.name,
    profileNames: [],
    seats: 20,
    sessionLifetimeS: null,
    terminalsEnabled: false,
    terminalsStartSessions: false,
    terminals: [],
    createdAt: new Date().toISOString(),
    ...about,
  };
}

function versionOf(world: FakeWorld, version: number) {
  const publishedAt = new Date().toISOString();
  return { version, publishedAt, publishedBy: world.me.name, notes: '', sizeBytes: 0, isImage: true };
}

function findProfile(world: FakeWorld, name: string): Profile {
  const found = world.profiles.get(name);
  if (!found) throw new TtError('PROFILE_NOT_FOUND', { profileName: name, near: [] });
  return found;
}

function findLab(world: FakeWorld, name: string): Lab {
  const found = world.labs.get(name);
  if (!found) throw new TtError('LAB_NOT_FOUND', { labName: name, near: [] });
  return found;
}

function mustBeNew(name: string, isTaken: boolean, code: 'LAB_NAME_TAKEN' | 'PROFILE_NAME_TAKEN'): void {
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  if (isTaken && code === 'LAB_NAME_TAKEN') throw new TtError(code, { labName: name });
  if (isTaken) throw new TtError('PROFILE_NAME_TAKEN', { profileName: name });
}

function given<Values extends object>(values: Values): { [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Values]?: Exclude<Values[Name], undefined>;
  };
}
