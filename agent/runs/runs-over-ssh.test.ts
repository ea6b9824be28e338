// Runs over ssh: an agent with fake machines, and at the port of one of them an ssh server that really runs commands.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runOutput } from '@tt/client/node';
import type { RunCommand, RunDetail, RunVm, SshKey, Vm } from '@tt/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  otherPrivateHostKey,
  startSshGuest,
  type TestSshGuest,
  type TestSshGuestOptions,
} from '../ssh/test-ssh-guest.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

/** Each command is a login, some processes and a shell of this computer. */
const PATIENCE_MS = 30_000;
let agent: TestAgent;
let vm: Vm;
let plain: Vm;
const servers: TestSshGuest[] = [];

beforeEach(async () => {
  agent = await startTestAgent();
  const { vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', cloudInit: { user: 'kim' } }, { osPrefix: 'tiny' }],
  });
  [vm = expect.unreachable(), plain = expect.unreachable()] = vms;
});
afterEach(async () => {
  await agent.stop();
  for (const server of servers.splice(0)) await server.close();
});

/** Serves where the agent looks for the guest, with the host key it was given unless there is another. */
async function serve(more: TestSshGuestOptions & { hostKey?: string } = {}): Promise<TestSshGuest> {
  const { publicKey, logins } = await agent.client.env.sshKey({ name: 'demo' });
  const { host, port, user }: SshKey['logins'][number] = logins[0] ?? expect.unreachable();
  const file = path.join(agent.home, 'host-keys', `${vm.id}.json`);
  const { privateKey } = JSON.parse(await readFile(file, 'utf8')) as { privateKey: string };
  const { hostKey = privateKey, ...options } = more;
  const server = await startSshGuest({ ...options, as: { host, port, user, hostKey, allowedKey: publicKey } });
  servers.push(server);
  return server;
}

const sh = (text: string): RunCommand => ({ script: { text } });
const start = (command: RunCommand, more: object = {}) =>
  agent.client.run.start({ envName: 'demo', command, via: 'ssh', vmIds: [vm.id], ...more });
const ended = (runId: string) =>
  until(
    'the run has ended',
    async () => {
      const detail = await agent.client.run.show({ runId });
      return detail.run.state === 'ended' ? detail : null;
    },
    PATIENCE_MS,
  );
const run = async (command: RunCommand, more: object = {}) => ended((await start(command, more)).run.id);
const firstOf = ({ vms }: RunDetail): RunVm => vms[0] ?? expect.unreachable();
const running = (runId: string) =>
  until('it prints', async () => firstOf(await agent.client.run.show({ runId })).stdout.keptBytes > 0, PATIENCE_MS);

async function output({ run: { id: runId } }: RunDetail, channel: 'stdout' | 'stderr'): Promise<string> {
  const parts: Buffer[] = [];
  for await (const bytes of runOutput(agent.connection, { runId, vmId: vm.id, channel })) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

it('run as others do, say so in their record, and share one login', async () => {
  const server = await serve();
  const detail = await run(sh('cat; echo "$WORD" >&2; exit 3'), {
    stdin: Buffer.from('in').toString('base64'),
    environment: { WORD: 'two' },
    cwd: '/usr',
  });
  expect(detail.run.via).toBe('ssh');
  expect(firstOf(detail)).toMatchObject({ state: 'exited', exitCode: 3, signal: null, failure: null });
  expect([await output(detail, 'stdout'), await output(detail, 'stderr')]).toEqual(['in', 'two\n']);
  expect(firstOf(await run({ argv: ['/no/such'] }))).toMatchObject({
    exitCode: 127,
    failure: { code: 'RUN_COMMAND_REFUSED' },
  });
  expect(firstOf(await run(sh('sleep 1000'), { timeoutMs: 200 }))).toMatchObject({
    state: 'timedOut',
    signal: 'SIGKILL',
    failure: null,
  });
  expect(server.logins()).toBe(1);
});

it('end with their machine: reverted, reset, stopped; and when they are cancelled', async () => {
  const server = await serve();
  await agent.client.snapshot.create({ envName: 'demo', name: 'snap' });
  const endOf = async (act: (runId: string) => Promise<unknown>) => {
    const { run: begun } = await start(sh('echo x; sleep 1000'));
    await running(begun.id);
    await act(begun.id);
    const { state, failure } = firstOf(await ended(begun.id));
    return [state, (failure?.data['reason'] as { code: string } | undefined)?.code];
  };
  expect(await endOf((runId) => agent.client.run.cancel({ runId }))).toEqual(['cancelled', undefined]);
  expect(await endOf(() => agent.client.vm.reset({ vmId: vm.id }))).toEqual(['lost', 'guest.GUEST_RESET']);
  const revert = () => {
    // The port is the machine's, which starts anew.
    server.stopListening();
    return agent.client.snapshot.revert({ envName: 'demo', name: 'snap', safety: false });
  };
  expect(await endOf(revert)).toEqual(['lost', 'guest.GUEST_REVERTED']);
  await serve();
  expect(await endOf(() => agent.client.vm.stop({ vmId: vm.id, graceS: 0 }))).toEqual(['lost', 'stoppedMeanwhile']);
});

it('are refused with the reason: no setup, another user, a wrong or unknown host key, nobody there', async () => {
  const failureOf = async (more: object = {}) => firstOf(await run(sh('true'), more));
  expect(await failureOf()).toMatchObject({
    state: 'unreachable',
    failure: { code: 'RUN_SSH_UNREACHABLE', data: { reason: { code: 'guest.GUEST_SSH_SILENT' } } },
  });
  expect(await failureOf({ vmIds: [plain.id] })).toMatchObject({
    state: 'unreachable',
    failure: { code: 'SSH_IMPOSSIBLE', data: { reason: { code: 'sshNoSetup' } } },
  });
  expect(await failureOf({ user: 'root' })).toMatchObject({
    failure: { code: 'RUN_NOT_OVER_SSH', data: { reason: { code: 'sshOtherUser', data: { user: 'kim' } } } },
  });
  const wrong = await serve({ hostKey: otherPrivateHostKey() });
  expect(await failureOf({ user: 'kim' })).toMatchObject({
    state: 'unreachable',
    failure: { code: 'SSH_HOST_KEY_WRONG' },
  });
  expect(wrong.logins()).toBe(0);
});

it('wait for a guest that boots', async () => {
  const { run: begun } = await start(sh('echo up'), { waitMs: 60_000 });
  await serve();
  expect(firstOf(await ended(begun.id))).toMatchObject({ state: 'exited', exitCode: 0 });
});

it('on Windows are lines for its shell, and what it has no way for is refused', async () => {
  const server = await serve({
    ident: 'OpenSSH_for_Windows_9.5',
    run: (channel, command) => {
      channel.write(`ran ${command}\r\n`);
      channel.exit(command === 'ver' ? 0 : 5);
      channel.end();
    },
  });
  const detail = await run(sh('ver\n'));
  expect([firstOf(detail).exitCode, await output(detail, 'stdout')]).toEqual([0, 'ran ver\r\n']);
  expect(firstOf(await run({ argv: ['C:\\a b\\c.exe', 'd e'] })).exitCode).toBe(5);
  expect(server.commands).toEqual(['ver', '"C:\\a b\\c.exe" "d e"']);
  for (const [command, more, code] of [
    [sh('ver\ndir'), {}, 'sshWindowsWords'],
    [{ argv: ['echo', '%PATH%'] }, {}, 'sshWindowsWords'],
    [sh('ver'), { cwd: '/tmp' }, 'sshWindowsFolder'],
    [sh('ver'), { environment: { A: 'b' } }, 'sshWindowsEnvironment'],
  ] as [RunCommand, object, string][]) {
    expect(firstOf(await run(command, more)).failure).toMatchObject({
      code: 'RUN_NOT_OVER_SSH',
      data: { reason: { code } },
    });
  }
});
