// Runs in a real guest: exact bytes, every way to end, and what becomes of a command when its machine is reverted or its agent killed.
// @module-tag deep
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { countOfProcesses, RealRuns, sh } from '../testing/real-runs.ts';
import { until } from '../testing/until.ts';

const PATIENCE_MS = 120_000;
let folder: string;
let agent: RealAgent;
let vm: Vm;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', memoryMiB: 128 }] });
  vm = vms[0] ?? expect.unreachable('no VM');
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

const runs = new RealRuns({ agent: () => agent, vmId: () => vm.id, patienceMs: PATIENCE_MS });

it(
  'keeps exact bytes of some MiB, stdout and stderr apart',
  async () => {
    const detail = await runs.run(
      sh('head -c 5242881 /dev/urandom >/root/data; sha256sum /root/data >&2; cat /root/data'),
    );
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, isCut: false, failure: null });
    const [stdout, stderr] = [await runs.output(detail, 'stdout'), await runs.output(detail, 'stderr')];
    expect([stdout.length, detail.vms[0]?.stdout.keptBytes]).toEqual([5_242_881, 5_242_881]);
    expect(stderr.toString()).toBe(`${createHash('sha256').update(stdout).digest('hex')}  /root/data\n`);
  },
  PATIENCE_MS,
);

it(
  'has exit codes, signals, interpreters, standard input and an environment',
  async () => {
    expect((await runs.run(sh('exit 7'))).vms[0]).toMatchObject({ state: 'exited', exitCode: 7, signal: null });
    expect((await runs.run(sh('kill -TERM $$'))).vms[0]).toMatchObject({
      state: 'exited',
      exitCode: null,
      signal: 'SIGTERM',
    });
    expect((await runs.run({ argv: ['/no/such'] })).vms[0]).toMatchObject({ exitCode: 127 });
    const script = { text: 'read word; echo "$word $WORD $PWD"', interpreter: ['/bin/busybox', 'sh'] };
    const stdin = Buffer.from('one\n').toString('base64');
    const detail = await runs.run({ script }, { stdin, environment: { WORD: 'two' }, cwd: '/tmp' });
    expect((await runs.output(detail, 'stdout')).toString()).toBe('one two /tmp\n');
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
  'kills the whole tree of processes when its time has come, and when it is cancelled',
  async () => {
    const late = await runs.run(sh('setsid sleep 1234 & echo x; sleep 1234'), { timeoutMs: 3_000 });
    expect(late.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL' });
    expect(await runs.countOf('sleep 1234')).toBe('0');
    const { run: begun } = await runs.start(sh('setsid sleep 1235 & echo x; sleep 1235'));
    await runs.printed(begun.id);
    await agent.client.run.cancel({ runId: begun.id });
    expect((await runs.ended(begun.id)).vms[0]).toMatchObject({ state: 'cancelled' });
    expect(await runs.countOf('sleep 1235')).toBe('0');
  },
  PATIENCE_MS,
);

it(
  'ends clearly when its machine is reverted, and runs there again',
  async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const { run: begun } = await runs.start(sh('echo x; sleep 1236'));
    await runs.printed(begun.id);
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    const { vms } = await runs.ended(begun.id);
    expect(vms[0]).toMatchObject({ state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_REVERTED' } } } });
    expect(await runs.countOf('sleep 1236')).toBe('0');
  },
  PATIENCE_MS,
);

it(
  'is lost when its agent is killed, and the next agent has it ended in the guest',
  async () => {
    const { run: begun } = await runs.start(sh('echo x; sleep 1237'));
    await runs.printed(begun.id);
    await agent.kill('SIGKILL');
    agent = await agent.restart();
    const { run: lost, vms } = await agent.client.run.show({ runId: begun.id });
    expect([lost.state, vms[0]]).toMatchObject(['ended', { state: 'lost', failure: { code: 'RUN_AGENT_ENDED' } }]);
    expect((await runs.output({ run: lost, vms }, 'stdout')).toString()).toBe('x\n');
    // Over the serial port: nothing of this test greets the helper.
    const shell = await agent.shell(vm);
    await until(
      'its process is gone',
      async () => (await shell.run(countOfProcesses('sleep 1237'))).trim() === '0',
      PATIENCE_MS,
    );
    shell.close();
    expect((await runs.run(sh('true'))).run.counts.succeeded).toBe(1);
  },
  PATIENCE_MS,
);
