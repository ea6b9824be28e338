// Calls about labs, against the fake world. A terminal gets no screen here: there is no guest.
import type { Lab, LabSession, OperationKind } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import {
  addMarkedEnv,
  findLab,
  findProfile,
  given,
  type Input,
  mustBeNew,
  removeEnv,
  sessionsOf,
} from './lab-records.ts';
import { operate } from './operate.ts';
import type { FakeWorld } from './world.ts';

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
      steps: ['starting'],
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
          throw new TtError('TERMINAL_INVALID', { terminalName: name, reason: 'noProof', address: '' });
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
