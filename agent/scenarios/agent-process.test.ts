// The agent as a separate process (fake engine): how it is found, ends on a signal with clients connected, and recovers from
// SIGKILL in the middle of its work. What guests of real QEMU do meanwhile is in restart.test.ts.
// @module-tag deep

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectNode, findPrivateAgent, type NodeConnection, type PrivateAgent } from '@tt/client/node';
import { type Operation, TtError } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnProcess } from '../host/run-command.ts';
import { makeTestImages } from '../testing/image-folder.ts';
import { until } from '../testing/until.ts';

let home: string;
const children: ChildProcess[] = [];
const connections: NodeConnection[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-'));
  await makeTestImages(path.join(home, 'images'));
});
afterEach(async () => {
  for (const connection of connections.splice(0)) connection.close();
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  }
  await rm(home, { recursive: true });
});

const logFile = () => path.join(home, 'agent.log');
const log = () => readFile(logFile(), 'utf8');

async function spawnAgent(...flags: string[]): Promise<ChildProcess> {
  const file = await open(logFile(), 'a');
  const args = [
    path.join(import.meta.dirname, '../main.ts'),
    '--engine',
    'fake',
    '--home',
    home,
    '--no-prepare',
    ...flags,
  ];
  const child = await spawnProcess(process.execPath, args, { detached: false, stdoutFd: file.fd, stderrFd: file.fd });
  await file.close();
  children.push(child);
  return child;
}

async function startAgent(): Promise<{ child: ChildProcess; agent: PrivateAgent; connection: NodeConnection }> {
  const child = await spawnAgent('--cpu-total', '100', '--mem-total', '1000000', '--disk-total', '1000000');
  const agent = await until(
    'the agent says where it is',
    () =>
      findPrivateAgent(home).then(
        (found) => (found.pid === child.pid ? found : null),
        () => null,
      ),
    15_000,
  );
  const connection = connectNode(agent);
  connections.push(connection);
  return { child, agent, connection };
}

const many = { name: 'many', groups: [{ osPrefix: 'tiny', copies: 60 }] };

/** Resolves when the operation that creates `many` is in the middle of `step`. */
async function atStep({ client }: NodeConnection, step: string): Promise<void> {
  const abort = new AbortController();
  for await (const item of await client.event.follow({}, { signal: abort.signal })) {
    if (item.kind === 'event' && item.event.type === 'operation.updated' && isAmid(item.event.data, step)) break;
  }
}

function isAmid({ step, progress }: Operation, wanted: string): boolean {
  return step?.code === wanted && (progress?.done ?? 0) > 2;
}

describe('on SIGTERM', () => {
  it('ends cleanly with clients attached, takes back what is under way, and says which VMs run', async () => {
    const { child, connection } = await startAgent();
    await connection.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const starting = atStep(connection, 'startingVms');
    const creating = connection.client.env.create(many);
    await starting;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await expect(creating).rejects.toMatchObject({ code: 'OPERATION_CANCELLED' });
    expect(await exited).toEqual([0, null]);
    expect(await readdir(home)).not.toContain('agent.json');
    await expect(findPrivateAgent(home)).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });
    expect(await log()).toContain('"keepRunning":["demo/tiny-2-1"');

    const again = await startAgent();
    const { envs } = await again.connection.client.env.list();
    expect(envs.map(({ name }) => name)).toEqual(['demo']);
  });
});

describe('on SIGKILL', () => {
  it.each(['cloningDisks', 'startingVms'])(
    'while it creates (%s) the client learns it, and the next agent leaves nothing of it',
    async (step) => {
      const first = await startAgent();
      const reached = atStep(first.connection, step);
      const creating = first.connection.client.env.create(many).catch((error: unknown) => error);
      await reached;
      first.child.kill('SIGKILL');
      const error = await creating;
      expect([error instanceof TtError, error]).toEqual([
        true,
        expect.objectContaining({ code: 'AGENT_GONE', data: { call: 'env.create' } }),
      ]);
      expect((await readdir(path.join(home, 'disks'))).length).toBeGreaterThan(0);

      const { connection } = await startAgent();
      const { client } = connection;
      const host = await client.host.show();
      expect([
        (await client.env.list()).envs,
        await readdir(path.join(home, 'disks')),
        await readdir(path.join(home, 'run')),
      ]).toEqual([[], [], []]);
      expect([host.memory.usedMiB, host.disk.usedMiB]).toEqual([0, 0]);
      await client.env.create({ name: 'many', groups: [{ osPrefix: 'tiny' }] });
    },
  );

  it('keeps ENVs and snapshots; VMs whose process is gone have failed and can be started', async () => {
    const first = await startAgent();
    await first.connection.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    await first.connection.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const { envs } = await first.connection.client.env.list();
    const exited = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await exited;
    await expect(findPrivateAgent(home)).rejects.toMatchObject({ code: 'AGENT_NOT_RUNNING' });

    const second = await startAgent();
    expect(second.agent.token).toBe(first.agent.token);
    const { client } = second.connection;
    const { env, vms, snapshots } = await client.env.show({ name: 'demo' });
    expect([env, vms[0]?.failure?.code, snapshots.map(({ name }) => name)]).toEqual([
      { ...envs[0], state: 'failed' },
      'VM_DIED',
      ['ripe'],
    ]);
    await client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    expect((await client.env.show({ name: 'demo' })).env.state).toBe('running');
  });
});

describe('at its start', () => {
  it('refuses to be the second in a folder, in words, and leaves the first alone', async () => {
    const { agent, connection } = await startAgent();
    const second = await spawnAgent();
    expect(await once(second, 'exit')).toEqual([1, null]);
    expect(await log()).toContain(`Another agent (process ${agent.pid}) already uses ${home}.`);
    expect((await connection.client.host.ping()).source).toBeDefined();
    expect((await findPrivateAgent(home)).pid).toBe(agent.pid);
  });

  it('refuses flags that make no sense', async () => {
    const child = await spawnAgent('--first-port', '5');
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(await log()).toContain('give a whole number from 1024 to 65535.');
  });

  it('keeps its folder private and its token out of the log', async () => {
    const { agent, connection } = await startAgent();
    await connection.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    await connection.client.session.invite();
    // Nobody may list or read; as root, guests run as users of their own and pass through to their files.
    const modes = await Promise.all(
      ['', 'token', 'agent.json', 'run', 'disks'].map(async (name) => (await stat(path.join(home, name))).mode & 0o766),
    );
    expect(modes).toEqual([0o700, 0o600, 0o600, 0o700, 0o700]);
    expect(await log()).not.toContain(agent.token);
  });
});
