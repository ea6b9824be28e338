// Runs on fake guests: what is asked, what is kept, how each machine ends, and what of it survives.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { uploadFile } from '@tt/client';
import { runOutput } from '@tt/client/node';
import type { NewRunCommand, RunCommand, RunDetail } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

let agent: TestAgent;
beforeEach(async () => {
  agent = await startTestAgent();
});
afterEach(() => agent.stop());

const sh = (text: string): RunCommand => ({ script: { text } });

async function makeEnv(name: string, vms = 2): Promise<string[]> {
  const groups = Array.from({ length: vms }, () => ({ osPrefix: 'tiny' }));
  const { vms: made } = await agent.client.env.create({ name, groups });
  return made.map(({ id }) => id);
}

/** Starts it and waits for its end. */
async function run(envName: string, command: NewRunCommand, more: object = {}): Promise<RunDetail> {
  const { run: begun } = await agent.client.run.start({ envName, command, ...more });
  return ended(begun.id);
}

const ended = (runId: string) =>
  until('the run has ended', async () => {
    const detail = await agent.client.run.show({ runId });
    return detail.run.state === 'ended' ? detail : null;
  });

async function output({ run: { id: runId } }: RunDetail, vmId: string, channel: 'stdout' | 'stderr', offset = 0) {
  const parts: Buffer[] = [];
  for await (const bytes of runOutput(agent.connection, { runId, vmId, channel, offset })) parts.push(bytes);
  return Buffer.concat(parts).toString();
}

describe('a run', () => {
  it('gives each machine its exit code, both outputs apart, and instants', async () => {
    const [one = '', other = ''] = await makeEnv('demo');
    const detail = await run('demo', sh('hostname; cat /no/such; exit 3'));
    expect(detail.run).toMatchObject({ state: 'ended', title: 'hostname; cat /no/such; exit 3', startedBy: 'local' });
    expect(detail.run.counts).toMatchObject({ failed: 2, succeeded: 0, running: 0, waiting: 0 });
    expect(detail.vms.map(({ vmId, state, exitCode, failure }) => ({ vmId, state, exitCode, failure }))).toEqual(
      [one, other].map((vmId) => ({ vmId, state: 'exited', exitCode: 3, failure: null })),
    );
    const [first] = detail.vms;
    expect(await output(detail, one, 'stdout')).toMatch(/^tiny-2-1/);
    expect(await output(detail, one, 'stderr')).toBe("cat: can't open '/no/such': No such file or directory\n");
    expect(await output(detail, one, 'stderr', 5)).toMatch(/^can't open/);
    expect(first?.stdout.keptBytes).toBe((await output(detail, one, 'stdout')).length);
    expect([first?.startedAt, first?.endedAt].every((at) => !Number.isNaN(Date.parse(at ?? '')))).toBe(true);
  });

  it('is for the machines that are named, and for those of the named systems', async () => {
    const [one = ''] = await makeEnv('demo', 3);
    expect((await run('demo', sh('true'), { vmIds: [one] })).vms.map(({ vmId }) => vmId)).toEqual([one]);
    expect((await run('demo', sh('true'), { osPrefixes: ['tiny'] })).vms).toHaveLength(3);
    const start = (more: object) => agent.client.run.start({ envName: 'demo', command: sh('true'), ...more });
    await expect(start({ osPrefixes: ['tinny'] })).rejects.toMatchObject({
      code: 'SYSTEM_NOT_IN_ENV',
      data: { suggestions: ['tiny-2'] },
    });
    await expect(start({ vmIds: ['none'] })).rejects.toMatchObject({ code: 'VM_NOT_FOUND' });
    await expect(start({ envName: 'demoo' })).rejects.toMatchObject({ code: 'ENV_NOT_FOUND' });
  });

  it('is refused where nothing runs, and tells of single machines that don’t', async () => {
    const [one = '', other = ''] = await makeEnv('demo');
    await agent.client.vm.stop({ vmId: other, graceS: 0 });
    const { vms, run: summary } = await run('demo', sh('true'));
    expect(vms.map(({ state }) => state)).toEqual(['exited', 'unreachable']);
    expect(vms[1]?.failure).toMatchObject({ code: 'RUN_GUEST_UNREACHABLE', data: { reason: { code: 'notRunning' } } });
    expect(summary.counts).toMatchObject({ succeeded: 1, unreachable: 1 });
    await agent.client.vm.stop({ vmId: one, graceS: 0 });
    await expect(agent.client.run.start({ envName: 'demo', command: sh('true') })).rejects.toMatchObject({
      code: 'RUN_NO_VM_RUNS',
    });
    expect((await agent.client.run.list({ envName: 'demo' })).runs).toHaveLength(1);
  });

  it('says what could not be started, as shells do', async () => {
    await makeEnv('demo', 1);
    const { vms } = await run('demo', { argv: ['/no/such', 'a b'] });
    expect(vms[0]).toMatchObject({ state: 'exited', exitCode: 127, failure: { code: 'RUN_COMMAND_REFUSED' } });
  });

  it('refuses what no guest can take, and says which part', async () => {
    await makeEnv('demo', 1);
    const start = (more: object) => agent.client.run.start({ envName: 'demo', command: { argv: ['true'] }, ...more });
    const refusals = await Promise.allSettled([
      start({ command: { argv: [] } }),
      start({ command: { argv: ['a\0b'] } }),
      start({ command: {} }),
      start({ command: { argv: ['true'], script: { text: 'true' } } }),
      start({ command: sh('x'.repeat(41 * 1024)) }),
      start({ environment: { 'A=B': 'c' } }),
      start({ environment: { A: 'x'.repeat(17 * 1024) } }),
      start({ cwd: 'relative' }),
      start({ stdin: 'no base64!' }),
      start({ timeoutMs: 0 }),
      start({ waitMs: 3_600_001 }),
    ]);
    const codes = refusals.map((refusal) => (refusal.status === 'rejected' ? (refusal.reason as Error) : null));
    expect(codes.map((error) => (error as { code?: string } | null)?.code)).toEqual(codes.map(() => 'INPUT_INVALID'));
    expect(String(codes[1])).toContain('zero character');
    expect(String(codes[2])).toContain('either argv or script');
    expect((await agent.client.run.list()).runs).toEqual([]);
  });

  it('has nothing of what it is told in the log, whichever way its guest is reached', async () => {
    const secret = 's3cr3t-of-somebody';
    await makeEnv('demo', 1);
    await agent.client.env.create({ name: 'plain', groups: [{ osPrefix: 'tiny', guestHelper: 'off' }] });
    const stdin = Buffer.from(secret).toString('base64');
    for (const envName of ['demo', 'plain']) {
      await run(envName, sh(`echo ${secret}; exit 3`), { environment: { TOKEN: secret }, stdin });
      await run(envName, { argv: ['/no/such', secret] });
    }
    expect(agent.log.length).toBeGreaterThan(0);
    const told = agent.log.filter((line) => [secret, stdin].some((text) => JSON.stringify(line).includes(text)));
    expect(told).toEqual([]);
  });

  it('that is repeated with its id starts nothing twice', async () => {
    await makeEnv('demo', 1);
    const runId = crypto.randomUUID();
    const start = () => agent.client.run.start({ runId, envName: 'demo', command: sh('echo one') });
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ run: { id } }) => id)).toEqual([runId, runId]);
    expect((await agent.client.run.list()).runs).toHaveLength(1);
  });
});

describe('an answer that waits for the end of a run', () => {
  const show = (runId: string, endWaitMs: number) => agent.client.run.show({ runId, endWaitMs });

  it('comes with it, also by REST, and after its time without it', async () => {
    await makeEnv('demo', 1);
    const { run: quick } = await agent.client.run.start({ envName: 'demo', command: sh('true') });
    expect((await show(quick.id, 30_000)).run).toMatchObject({ state: 'ended', counts: { succeeded: 1 } });
    expect((await show(quick.id, 30_000)).run.state).toBe('ended');
    const { run: slow } = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    expect((await show(slow.id, 1)).run.state).toBe('running');
    const path = `${agent.url}/api/runs/${slow.id}?endWaitMs=30000`;
    const waiting = fetch(path, { headers: { authorization: `Bearer ${agent.token}` } });
    await agent.client.run.cancel({ runId: slow.id });
    expect(((await (await waiting).json()) as RunDetail).run).toMatchObject({
      state: 'ended',
      counts: { cancelled: 1 },
    });
    await expect(show(slow.id, 30_001)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('does not outlast its run', async () => {
    await makeEnv('demo', 1);
    const { run: begun } = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    // It is told the end, unless nothing is left of the run by then.
    const waiting = show(begun.id, 30_000).then(
      ({ run: told }) => told.state,
      (error: { code: string }) => error.code,
    );
    await agent.client.env.delete({ name: 'demo' });
    expect(['ended', 'RUN_NOT_FOUND']).toContain(await waiting);
    await until('it is gone', async () => (await agent.client.run.list()).runs.length === 0);
    await expect(show(begun.id, 30_000)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });
});

describe('a script that is longer than a call may be', () => {
  const long = `echo one; true ${'x'.repeat(600_000)}`;
  const sent = async (bytes: Buffer) => {
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
    const source = { fileName: 'script', sizeBytes: bytes.length, read };
    return (await uploadFile(agent.connection, source, crypto.randomUUID())).id;
  };
  const transfers = async () => (await agent.client.transfer.list()).transfers.length;

  it('is uploaded, used up, and kept in part', async () => {
    const [one = '', other = ''] = await makeEnv('demo');
    const uploadedScript = { transferId: await sent(Buffer.from(long)) };
    const runId = crypto.randomUUID();
    const start = () => agent.client.run.start({ runId, envName: 'demo', command: { uploadedScript } });
    await start();
    // Its upload is gone, and it is found all the same.
    expect((await start()).run.id).toBe(runId);
    const detail = await ended(runId);
    expect(detail.vms.map(({ state, exitCode }) => [state, exitCode])).toEqual([one, other].map(() => ['exited', 0]));
    expect(await output(detail, one, 'stdout')).toBe('one\n');
    expect(await transfers()).toBe(0);
    expect(detail.request?.scriptBytes).toBe(long.length);
    expect(long.startsWith(detail.request?.command.script?.text ?? '?')).toBe(true);
    expect(JSON.stringify(detail).length).toBeLessThan(20_000);
  });

  it('runs where there is only the guest agent, too, on whatever system', async () => {
    const groups = [{ osPrefix: 'tiny', copies: 2, guestHelper: 'off' as const }];
    const { vms } = await agent.client.env.create({ name: 'plain', groups });
    const [first, second] = vms.map(({ id }) => id);
    const machine = agent.fakeHost.ofVm(second ?? '');
    if (machine) machine.isWindows = true;
    const uploadedScript = { transferId: await sent(Buffer.from(long)) };
    const detail = await run('plain', { uploadedScript });
    expect(detail.vms.map(({ exitCode, via }) => [exitCode, via])).toEqual([
      [0, 'guestAgent'],
      [0, 'guestAgent'],
    ]);
    for (const vmId of [first ?? '', second ?? '']) expect(await output(detail, vmId, 'stdout')).toBe('one\n');
  });

  it('is refused when it is too long, no text, or not there, and nothing of it stays', async () => {
    await makeEnv('demo', 1);
    const refused = async (bytes: Buffer) => {
      const command = { uploadedScript: { transferId: await sent(bytes) } };
      return agent.client.run.start({ envName: 'demo', command }).then(
        () => null,
        (error: { code: string; data: { reason: { code: string } } }) => [error.code, error.data.reason.code],
      );
    };
    expect(await refused(Buffer.alloc(4 * 1024 ** 2 + 1, 'x'))).toEqual(['RUN_SCRIPT_UNUSABLE', 'fileTooLarge']);
    expect(await refused(Buffer.from([0xff, 0xfe, 0x41]))).toEqual(['RUN_SCRIPT_UNUSABLE', 'notUtf8']);
    expect(await refused(Buffer.from('a\0b'))).toEqual(['RUN_SCRIPT_UNUSABLE', 'notUtf8']);
    expect(await transfers()).toBe(0);
    const command = { uploadedScript: { transferId: crypto.randomUUID() } };
    await expect(agent.client.run.start({ envName: 'demo', command })).rejects.toMatchObject({
      code: 'TRANSFER_NOT_FOUND',
    });
    const both = { ...command, argv: ['true'] };
    await expect(agent.client.run.start({ envName: 'demo', command: both })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });
});

describe('a guest that has only the guest agent', () => {
  const machines = () => [...agent.fakeHost.values()];

  async function makeAgentOnly(vms: number): Promise<string[]> {
    const groups = Array.from({ length: vms }, () => ({ osPrefix: 'tiny', guestHelper: 'off' as const }));
    const { vms: made } = await agent.client.env.create({ name: 'plain', groups });
    return made.map(({ id }) => id);
  }

  it('runs commands as others do, and leaves nothing behind', async () => {
    const [one = ''] = await makeAgentOnly(1);
    const detail = await run('plain', sh('echo out; cat /no/such; exit 3'));
    expect(detail.vms[0]).toMatchObject({ vmId: one, state: 'exited', exitCode: 3, via: 'guestAgent', failure: null });
    expect(await output(detail, one, 'stdout')).toBe('out\n');
    expect(await output(detail, one, 'stderr')).toBe("cat: can't open '/no/such': No such file or directory\n");
    expect((await run('plain', { argv: ['/no/such'] })).vms[0]).toMatchObject({ exitCode: 127, via: 'guestAgent' });
    const slow = await run('plain', sh('sleep 1000'), { timeoutMs: 100 });
    expect(slow.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL', failure: null });
    await until('nothing is left', () => machines().every(({ agentCommands }) => agentCommands.leftovers.length === 0));
    await makeEnv('demo', 1);
    expect((await run('demo', sh('true'))).vms[0]?.via).toBe('helper');
  });

  it('may be a Windows, whose shell is another', async () => {
    const [one = ''] = await makeAgentOnly(1);
    for (const machine of machines()) machine.isWindows = true;
    const detail = await run('plain', sh('echo one\necho two\n'));
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, via: 'guestAgent' });
    expect(await output(detail, one, 'stdout')).toBe('one\ntwo\n');
    expect((await run('plain', { argv: ['no-such.exe'] })).vms[0]).toMatchObject({ exitCode: 127 });
    const asUser = await run('plain', sh('echo one'), { user: 'kim' });
    expect(asUser.vms[0]).toMatchObject({ exitCode: 126, failure: { code: 'RUN_COMMAND_REFUSED' } });
    const slow = await run('plain', sh('sleep 1000'), { timeoutMs: 100 });
    expect(slow.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL' });
    await until('nothing is left', () => machines().every(({ agentCommands }) => agentCommands.leftovers.length === 0));
  });

  it('that does nothing for its host is told from one that is silent', async () => {
    await makeAgentOnly(1);
    for (const machine of machines()) machine.agentCommands.isForbidden = true;
    const { vms } = await run('plain', sh('true'), { waitMs: 3_600_000 });
    expect(vms[0]).toMatchObject({
      state: 'unreachable',
      failure: { code: 'RUN_GUEST_UNREACHABLE', data: { reason: { code: 'guest.GUEST_AGENT_UNFIT' } } },
    });
  });
});

describe('the end of a run', () => {
  it('comes with its time-out, which kills', async () => {
    await makeEnv('demo', 1);
    const { vms } = await run('demo', sh('sleep 1000'), { timeoutMs: 100 });
    expect(vms[0]).toMatchObject({ state: 'timedOut', exitCode: null, signal: 'SIGKILL', failure: null });
  });

  it('comes when it is cancelled; machines that had ended stay as they were', async () => {
    const [one = '', other = ''] = await makeEnv('demo');
    const whole = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    const done = await run('demo', sh('true'), { vmIds: [one] });
    expect(done.run.counts.succeeded).toBe(1);
    await agent.client.run.cancel({ runId: whole.run.id });
    const { vms } = await ended(whole.run.id);
    expect(vms.map(({ vmId, state }) => [vmId, state])).toEqual([
      [one, 'cancelled'],
      [other, 'cancelled'],
    ]);
    await agent.client.run.cancel({ runId: done.run.id });
    expect((await agent.client.run.show({ runId: done.run.id })).vms[0]?.state).toBe('exited');
  });

  it('comes at once when the guest restarts itself, whichever way leads there', async () => {
    await makeEnv('demo', 1);
    await agent.client.env.create({ name: 'plain', groups: [{ osPrefix: 'tiny', guestHelper: 'off' }] });
    for (const envName of ['demo', 'plain']) {
      const { run: begun } = await agent.client.run.start({ envName, command: sh('sleep 1000') });
      const isRunning = async () => (await agent.client.run.show({ runId: begun.id })).run.counts.running === 1;
      await until('it runs', isRunning);
      for (const machine of agent.fakeHost.values()) machine.reboot();
      expect((await ended(begun.id)).vms[0]).toMatchObject({
        state: 'lost',
        failure: { code: 'RUN_VM_ENDED', data: { reason: { code: 'guest.GUEST_RESTARTED' } } },
      });
      expect((await run(envName, sh('echo again'))).vms[0]?.exitCode).toBe(0);
    }
  });

  it('is told by what became of the machine: stopped, reset, reverted, deleted', async () => {
    const ids = await makeEnv('demo', 4);
    const [stopped = '', reset = '', reverted = '', deleted = ''] = ids;
    await agent.client.snapshot.create({ envName: 'demo', name: 'snap' });
    const { run: begun } = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    const isRunning = async () => (await agent.client.run.show({ runId: begun.id })).run.counts.running === 4;
    await until('it runs everywhere', isRunning);
    await agent.client.vm.stop({ vmId: stopped, graceS: 0 });
    await agent.client.vm.reset({ vmId: reset });
    await agent.client.snapshot.revert({ envName: 'demo', name: 'snap', vmIds: [reverted], safety: false });
    await agent.client.vm.delete({ vmId: deleted });
    const { vms, run: summary } = await ended(begun.id);
    expect(summary.counts).toMatchObject({ lost: 4, running: 0 });
    const reasons = vms.map(({ vmId, failure }) => [
      vmId,
      (failure?.data['reason'] as { code: string } | undefined)?.code,
    ]);
    expect(Object.fromEntries(reasons)).toEqual({
      [stopped]: 'stoppedMeanwhile',
      [reset]: 'guest.GUEST_RESET',
      [reverted]: 'guest.GUEST_REVERTED',
      [deleted]: 'deletedMeanwhile',
    });
    expect((await run('demo', sh('echo again'), { vmIds: [reverted] })).vms[0]?.state).toBe('exited');
  });

  it('of a silent guest delays no other, and comes when it is given up', async () => {
    const [silent = '', other = ''] = await makeEnv('demo');
    for (const machine of agent.fakeHost.values()) if (machine.spec.id === silent) machine.frozen = true;
    const { run: begun } = await agent.client.run.start({ envName: 'demo', command: sh('true'), waitMs: 3_600_000 });
    const of = async (vmId: string) =>
      (await agent.client.run.show({ runId: begun.id })).vms.find((vm) => vm.vmId === vmId)?.state;
    await until('the other has ended', async () => (await of(other)) === 'exited');
    expect(await of(silent)).toBe('waiting');
    await agent.client.run.cancel({ runId: begun.id });
    expect((await ended(begun.id)).vms.map(({ state }) => state)).toEqual(['cancelled', 'exited']);
  });

  it('ends the stream of its output, which was followed meanwhile', async () => {
    const [one = ''] = await makeEnv('demo', 1);
    const detail = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    const following = output(detail, one, 'stdout');
    await agent.client.run.cancel({ runId: detail.run.id });
    expect(await following).toBe('');
  });
});

describe('what is kept of runs', () => {
  const folder = () => readdir(path.join(agent.home, 'command-runs'));

  it('is deleted with the run, and with the ENV, also while it runs', async () => {
    await makeEnv('demo', 1);
    await makeEnv('other', 1);
    const { run: first } = await run('demo', sh('echo one'));
    const { run: second } = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    const { run: third } = await agent.client.run.start({ envName: 'other', command: sh('sleep 1000') });
    expect((await folder()).toSorted()).toEqual([first.id, second.id, third.id].toSorted());
    await agent.client.run.delete({ runId: third.id });
    await expect(agent.client.run.show({ runId: third.id })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect((await folder()).toSorted()).toEqual([first.id, second.id].toSorted());
    await agent.client.env.delete({ name: 'demo' });
    expect((await agent.client.run.list()).runs).toEqual([]);
    await until('its files are gone', async () => (await folder()).length === 0);
  });

  it('survives the agent; what was under way is lost, and its guest is greeted', async () => {
    await makeEnv('demo', 1);
    const done = await run('demo', sh('echo one'));
    const { run: begun } = await agent.client.run.start({ envName: 'demo', command: sh('sleep 1000') });
    const { home, fakeHost } = agent;
    await agent.stop({ keep: true });
    agent = await startTestAgent({ home, fakeHost });
    const { runs } = await agent.client.run.list({ envName: 'demo' });
    expect(runs.map(({ id, state }) => [id, state])).toEqual([
      [done.run.id, 'ended'],
      [begun.id, 'ended'],
    ]);
    const lost = await agent.client.run.show({ runId: begun.id });
    expect(lost.vms[0]).toMatchObject({ state: 'lost', failure: { code: 'RUN_AGENT_ENDED' } });
    expect(lost.request?.command).toEqual(sh('sleep 1000'));
    expect(await output(done, done.vms[0]?.vmId ?? '', 'stdout')).toBe('one\n');
    expect((await run('demo', sh('echo two'))).run.counts.succeeded).toBe(1);
  });
});

describe('events', () => {
  it('tell of a run from its beginning to its end, and never what its environment holds', async () => {
    const [one = ''] = await makeEnv('demo', 1);
    const detail = await run('demo', sh('echo hi; echo pa55-in-a-script'), { environment: { TOKEN: 's3cr3t-value' } });
    await agent.client.run.delete({ runId: detail.run.id });
    const events = () => agent.feed.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
    await until('the last event', () => events().some(({ type }) => type === 'run.deleted'));
    const updates = events().flatMap((event) => (event.type === 'run.updated' ? [event.data] : []));
    expect(updates.at(0)?.run).toMatchObject({ id: detail.run.id, state: 'running' });
    expect(updates.at(-1)).toMatchObject({ run: { state: 'ended', counts: { succeeded: 1 } } });
    const last = updates.flatMap(({ vms }) => vms).at(-1);
    expect(last).toMatchObject({ vmId: one, state: 'exited', exitCode: 0, stdout: { bytes: 20, keptBytes: 20 } });
    expect(JSON.stringify([agent.feed, agent.log])).not.toContain('s3cr3t-value');
    expect(JSON.stringify(agent.log)).not.toContain('pa55-in-a-script');
  });
});
