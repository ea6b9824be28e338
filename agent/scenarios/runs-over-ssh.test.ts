// Runs over ssh in a real guest, whose dropbear has the host key that its seed gave it: exact bytes, the tree of processes, a revert in
// the middle, an agent that is killed.
// @module-tag long
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { RealRuns, sh } from '../testing/real-runs.ts';
import { until } from '../testing/until.ts';

const PATIENCE_MS = 240_000;
let agent: RealAgent;
let vm: Vm;

beforeAll(async () => {
  agent = await startRealAgent();
  const { vms } = await agent.client.env.create({
    name: 'demo',
    groups: [{ osPrefix: 'tiny', memoryMiB: 128, cloudInit: { user: 'kim' } }],
  });
  vm = vms[0] ?? expect.unreachable('no VM');
}, PATIENCE_MS);
afterAll(() => agent.remove());

const runs = new RealRuns({
  agent: () => agent,
  vmId: () => vm.id,
  patienceMs: PATIENCE_MS,
  more: () => ({ via: 'ssh' }),
});

it(
  'the booted guest has the host key that it was given, and no other',
  async () => {
    const first = await runs.run(sh('id -un'));
    expect(first.vms[0]).toMatchObject({ state: 'exited', failure: null });
    expect((await runs.output(first, 'stdout')).toString()).toMatch(/^kim\n/);
    const asked = await agent.client.env.sshKey({ name: 'demo' });
    expect(asked.logins[0]).toMatchObject({ hostKeySource: 'guest' });
    const stored = JSON.parse(await readFile(path.join(agent.home, 'host-keys', `${vm.id}.json`), 'utf8')) as {
      publicKey: string;
    };
    expect(asked.logins[0]?.hostKeys).toEqual([stored.publicKey.split(' ').slice(0, 2).join(' ')]);
  },
  PATIENCE_MS,
);

it(
  'keeps exact bytes of some MiB, stdout and stderr apart, and gives what it is given',
  async () => {
    const detail = await runs.run(
      sh('head -c 3145729 /dev/urandom >/tmp/data; sha256sum /tmp/data >&2; cat /tmp/data'),
    );
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, isCut: false, failure: null });
    const [stdout, stderr] = [await runs.output(detail, 'stdout'), await runs.output(detail, 'stderr')];
    expect(stdout.length).toBe(3_145_729);
    expect(stderr.toString()).toBe(`${createHash('sha256').update(stdout).digest('hex')}  /tmp/data\n`);
    const script = { text: 'read word; echo "$word $WORD $PWD"; exit 7', interpreter: ['/bin/busybox', 'sh'] };
    const stdin = Buffer.from('one\n').toString('base64');
    const given = await runs.run({ script }, { stdin, environment: { WORD: "t'wo" }, cwd: '/tmp' });
    expect([(await runs.output(given, 'stdout')).toString(), given.vms[0]?.exitCode]).toEqual(["one t'wo /tmp\n", 7]);
    expect((await runs.run(sh('kill -TERM $$'))).vms[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    expect((await runs.run({ argv: ['/no/such'] })).vms[0]).toMatchObject({
      exitCode: 127,
      failure: { code: 'RUN_COMMAND_REFUSED' },
    });
  },
  PATIENCE_MS,
);

it(
  'runs a script of some MiB, which reads its own input',
  async () => {
    const detail = await runs.runLongScript();
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 7, failure: null });
    expect((await runs.output(detail, 'stdout')).toString()).toBe('one\n');
  },
  PATIENCE_MS,
);

it(
  'kills the whole tree of processes',
  async () => {
    const { run: begun } = await runs.start(sh('setsid sleep 1235 & (sleep 1235 &); echo x; sleep 1235; true'));
    await runs.printed(begun.id);
    await agent.client.run.cancel({ runId: begun.id });
    expect((await runs.ended(begun.id)).vms[0]).toMatchObject({ state: 'cancelled', failure: null });
    expect(await runs.countOf('sleep 1235')).toBe('0');
  },
  PATIENCE_MS,
);

it(
  'ends when its machine is reverted in the middle, and runs there again',
  async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const { run: begun } = await runs.start(sh('echo x; sleep 1236; true'));
    await runs.printed(begun.id);
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    const { vms } = await runs.ended(begun.id);
    expect(vms[0]).toMatchObject({ state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_REVERTED' } } } });
    expect(await runs.countOf('sleep 1236')).toBe('0');
  },
  PATIENCE_MS,
);

it(
  'is lost when its agent is killed, and ends in the guest with the connection',
  async () => {
    const { run: begun } = await runs.start(sh('echo x; sleep 1237; true'));
    await runs.printed(begun.id);
    await agent.kill('SIGKILL');
    agent = await agent.restart();
    const { vms } = await agent.client.run.show({ runId: begun.id });
    expect(vms[0]).toMatchObject({ state: 'lost', failure: { code: 'RUN_AGENT_ENDED' } });
    await until('its process is gone', async () => (await runs.countOf('sleep 1237')) === '0', PATIENCE_MS);
  },
  PATIENCE_MS,
);
