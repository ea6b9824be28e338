// Runs in a real guest without the port of the helper: by its guest agent alone, with the real shell and its tools. And a guest that
// restarts itself.
// @module-tag long
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOutput } from '@tt/client/node';
import type { RunCommand, RunDetail, Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
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

const sh = (text: string): RunCommand => ({ script: { text } });
const plain = () => vms.find(({ spec }) => spec.guestHelper === 'off')?.id ?? expect.unreachable('no VM');
const start = (command: RunCommand, more: object = {}) =>
  agent.client.run.start({ envName: 'demo', vmIds: [plain()], command, waitMs: PATIENCE_MS, ...more });
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

async function output({ run: { id: runId } }: RunDetail, channel: 'stdout' | 'stderr'): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of runOutput(agent.connection, { runId, vmId: plain(), channel })) parts.push(bytes);
  return Buffer.concat(parts);
}

/** How many processes of the guest have this command line. */
const COUNT = (line: string) =>
  `n=0; for p in /proc/[0-9]*; do [ "$(tr '\\0' ' ' 2>/dev/null <$p/cmdline)" = "${line} " ] && n=$((n+1)); done; echo $n`;

it('keeps exact bytes, both outputs apart', { timeout: PATIENCE_MS }, async () => {
  const detail = await run(sh('head -c 1048577 /dev/urandom >/root/data; sha256sum /root/data >&2; cat /root/data'));
  expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, via: 'guestAgent', failure: null });
  const stdout = await output(detail, 'stdout');
  expect(stdout.length).toBe(1_048_577);
  const digest = createHash('sha256').update(stdout).digest('hex');
  expect((await output(detail, 'stderr')).toString()).toBe(`${digest}  /root/data\n`);
});

it('has exit codes, signals, standard input and an environment, and leaves nothing', {
  timeout: PATIENCE_MS,
}, async () => {
  expect((await run(sh('exit 7'))).vms[0]).toMatchObject({ exitCode: 7, signal: null });
  expect((await run(sh('kill -TERM $$'))).vms[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
  expect((await run({ argv: ['/no/such'] })).vms[0]).toMatchObject({ exitCode: 127 });
  const stdin = Buffer.from('one\n').toString('base64');
  const script = sh('read word; echo "$word $WORD $PWD"');
  const detail = await run(script, { stdin, environment: { WORD: 'two' }, cwd: '/tmp' });
  expect((await output(detail, 'stdout')).toString()).toBe('one two /tmp\n');
  // Its own folder; those of the others are being removed.
  const folders = async () => output(await run(sh('ls -A /run /var/lib /root | grep -c "^.tt-run"')), 'stdout');
  await until('the others are removed', async () => (await folders()).toString() === '1\n', PATIENCE_MS);
});

it('kills the whole tree of processes when its time has come', { timeout: PATIENCE_MS }, async () => {
  const late = await run(sh('setsid sleep 1234 & echo x; sleep 1234'), { timeoutMs: 5_000 });
  expect(late.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL', failure: null });
  expect((await output(await run(sh(COUNT('sleep 1234'))), 'stdout')).toString()).toBe('0\n');
});

it('ends what runs when its guest restarts itself, whichever way leads there', {
  timeout: 2 * PATIENCE_MS,
}, async () => {
  const vmIds = vms.map(({ id }) => id);
  const { run: begun } = await start(sh('echo x; sleep 1235'), { vmIds });
  const isRunning = async () =>
    (await agent.client.run.show({ runId: begun.id })).vms.every((vm) => vm.stdout.keptBytes > 0);
  await until('it runs in both', isRunning, PATIENCE_MS);
  // It does not say how it ends: the guest is gone with it.
  await start(sh('reboot -f'), { vmIds });
  const { vms: lost } = await ended(begun.id);
  const why = { state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_RESTARTED' } } } };
  expect(lost).toMatchObject(lost.map(() => why));
  expect((await run(sh('echo again'), { vmIds })).run.counts.succeeded).toBe(2);
});
