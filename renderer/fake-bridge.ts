// A Bridge to nowhere: an in-memory world with a feed, for tests and for working on the look (dev.html). Never shipped.
import type { ByteChannel } from '@tt/client';
import type { TtClient } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import type { Bridge } from './bridge.ts';
import { copyCalls } from './fake/copy-calls.ts';
import { driveCalls } from './fake/drive-calls.ts';
import { envCalls } from './fake/env-calls.ts';
import { hostCalls } from './fake/host-calls.ts';
import { imageCalls } from './fake/image-calls.ts';
import { labCalls, terminalCalls } from './fake/lab-calls.ts';
import { cancelled } from './fake/operate.ts';
import { profileCalls } from './fake/profile-calls.ts';
import { fakeHost, seedEnvs, seedImages } from './fake/seed.ts';
import { snapshotCalls } from './fake/snapshot-calls.ts';
import { transferCalls } from './fake/transfer-calls.ts';
import { vmCalls } from './fake/vm-calls.ts';
import { FakeWorld } from './fake/world.ts';

/** What each call takes and answers, without the transport's own types around it. */
type FakeCalls = {
  [Group in keyof TtClient]: {
    [Call in keyof TtClient[Group]]: TtClient[Group][Call] extends (...rest: infer Rest) => PromiseLike<infer Answer>
      ? (...rest: Rest) => Promise<Answer>
      : never;
  };
};

export interface FakeBridge extends Bridge {
  readonly world: FakeWorld;
}

export interface FakeOptions {
  /** How long one step of an operation takes. */
  stepMs?: number;
  /** Leaves out the example ENVs. */
  empty?: boolean;
  login?: Bridge['login'];
  connection?: Bridge['connection'];
}

export function fakeBridge(options: FakeOptions = {}): FakeBridge {
  const world = new FakeWorld(fakeHost(), options.stepMs ?? 0);
  cancelled.set(world, new Set());
  const copies = copyCalls(world);
  const snapshot = { ...snapshotCalls(world), fork: copies.fork };
  seedImages(world);
  if (!options.empty) seedEnvs(world);
  const calls = {
    host: hostCalls(world),
    image: imageCalls(world),
    env: { ...envCalls(world), clone: copies.cloneEnv },
    vm: { ...vmCalls(world), clone: copies.cloneVm },
    ...driveCalls(world),
    snapshot,
    lab: labCalls(world),
    profile: profileCalls(world),
    terminal: terminalCalls(),
    console: {
      open: async ({ vmId }: { vmId: string }) => {
        throw new TtError('FEATURE_UNSUPPORTED', { feature: 'console', where: vmId });
      },
    },
    operation: {
      list: async () => ({ operations: [...world.operations.values()] }),
      cancel: async ({ operationId }: { operationId: string }) => {
        const operation = world.operations.get(operationId);
        if (!operation) throw new TtError('OPERATION_NOT_FOUND', { operationId });
        if (!operation.cancellable) {
          throw new TtError('OPERATION_NOT_CANCELLABLE', { operation: operation.kind });
        }
        cancelled.get(world)?.add(operationId);
        return operation;
      },
    },
    event: { follow: async (_after: unknown, context?: { signal?: AbortSignal }) => world.follow(context?.signal) },
    transfer: transferCalls(world),
    capsule: copies.capsule,
    session: {
      invite: async () => ({ code: 'fake', expiresAt: new Date().toISOString() }),
      join: async () => ({ secret: 'fake', session: world.logins[0] }),
      list: async () => ({ sessions: world.logins }),
      end: async ({ which }: { which: string | readonly string[] }) => {
        const before = world.logins.length;
        world.logins = world.logins.filter(({ id, isThis }) =>
          typeof which === 'string' ? which !== 'all' && isThis === (which === 'others') : !which.includes(id),
        );
        return { ended: before - world.logins.length };
      },
    },
  } satisfies { [Group in keyof FakeCalls]: { [Call in keyof FakeCalls[Group]]: unknown } };
  return {
    kind: 'fake',
    world,
    client: calls as unknown as TtClient,
    openStream: closedChannel,
    login: options.login ?? null,
    connection: options.connection ?? null,
  };
}

/** A channel that closes at once, as there is no guest. */
function closedChannel(): ByteChannel {
  const channel: ByteChannel = {
    binaryType: 'arraybuffer',
    protocol: '',
    readyState: 3,
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: () => {},
    close: () => {},
  };
  setTimeout(() => channel.onclose?.(new CloseEvent('close', { code: 4502 })), 0);
  return channel;
}
