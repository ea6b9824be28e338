// Runs in a real guest without the port of the helper: by its guest agent alone, with the real shell and its tools. And a guest that
// restarts itself.
// @module-tag long
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
let vms: Vm[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  const helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const group = { osPrefix: 'tiny', memoryMiB: 128 };
  const made = await agent.client.env.create({ name: 'demo', groups: [{ ...group, guestHelper: 'off' }, group] });
  vms = made.vms;
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

const plain = () => vms.find(({ spec }) => spec.guestHelper === 'off')?.id ?? expect.unreachable('no VM');
const runs = new RealRuns({
  agent: () => agent,
  vmId: plain,
  patienceMs: PATIENCE_MS,
  more: () => ({ vmIds: [plain()] }),
});

it('keeps exact bytes, both outputs apart', { timeout: PATIENCE_MS }, async () => {
  const detail = await runs.run(
    sh('head -c 1048577 /dev/urandom >/root/data; sha256sum /root/data >&2; cat /root/data'),
  );
  expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, via: 'guestAgent', failure: null });
  const stdout = await runs.output(detail, 'stdout');
  expect(stdout.length).toBe(1_048_577);
  const digest = createHash('sha256').update(stdout).digest('hex');
  expect((await runs.output(detail, 'stderr')).toString()).toBe(`${digest}  /root/data\n`);
});

it('has exit codes, signals, standard input and an environment, and leaves nothing', {
  timeout: PATIENCE_MS,
}, async () => {
  expect((await runs.run(sh('exit 7'))).vms[0]).toMatchObject({ exitCode: 7, signal: null });
  expect((await runs.run(sh('kill -TERM $$'))).vms[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  expect((await runs.run({ argv: ['/no/such'] })).vms[0]).toMatchObject({ exitCode: 127 });
  const stdin = Buffer.from('one\n').toString('base64');
  const script = sh('read word; echo "$word $WORD $PWD"');
  const detail = await runs.run(script, { stdin, environment: { WORD: 'two' }, cwd: '/tmp' });
  expect((await runs.output(detail, 'stdout')).toString()).toBe('one two /tmp\n');
  // Over the serial port: another run would leave another folder.
  const vm = vms.find(({ id }) => id === plain()) ?? expect.unreachable('no VM');
  const shell = await agent.shell(vm);
  const folders = async () => (await shell.run('ls -A /run /var/lib /root | grep -c "^.tt-run" || true')).trim();
  await until('all are removed', async () => (await folders()) === '0', PATIENCE_MS);
  shell.close();
});

it('runs a script of some MiB, which reads its own input', { timeout: PATIENCE_MS }, async () => {
  const detail = await runs.runLongScript();
  expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 7, failure: null });
  expect((await runs.output(detail, 'stdout')).toString()).toBe('one\n');
});

it('kills the whole tree of processes when its time has come', { timeout: PATIENCE_MS }, async () => {
  const late = await runs.run(sh('setsid sleep 1234 & echo x; sleep 1234'), { timeoutMs: 5_000 });
  expect(late.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL', failure: null });
  expect((await runs.output(await runs.run(sh(countOfProcesses('sleep 1234'))), 'stdout')).toString()).toBe('0\n');
});

it('ends what runs when its guest restarts itself, whichever way leads there', {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const vmIds = vms.map(({ id }) => id);
  const { run: begun } = await runs.start(sh('echo x; sleep 1235'), { vmIds });
  await runs.printed(begun.id);
  // It does not say how it ends: the guest is gone with it.
  await runs.start(sh('reboot -f'), { vmIds });
  const { vms: lost } = await runs.ended(begun.id);
  const why = { state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_RESTARTED' } } } };
  expect(lost).toMatchObject(lost.map(() => why));
  expect((await runs.run(sh('echo again'), { vmIds })).run.counts.succeeded).toBe(2);
});
