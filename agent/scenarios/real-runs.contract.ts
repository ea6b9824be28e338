// What holds for commands in a real guest, whichever way leads into it: exact bytes, every way to end, and what becomes of a command when
// its machine is reverted or its agent killed.
import { createHash } from 'node:crypto';
import type { RunVm } from '@tt/protocol';
import { expect, it } from 'vitest';
import type { RealAgent } from '../testing/real-agent.ts';
import { type RealRuns, sh } from '../testing/real-runs.ts';
import { until } from '../testing/until.ts';

export interface RealRunsCase {
  via: NonNullable<RunVm['via']>;
  runs: RealRuns;
  agent: () => RealAgent;
  /** From here on the tests use that one. */
  agentIs: (next: RealAgent) => void;
  /** Of what one command prints. */
  sizeBytes: number;
  /** Processes with this command line, counted in a way that does not tell the guest that a host has come. */
  countUnnoticed: (line: string) => Promise<string>;
  patienceMs: number;
}

export function realRunsContract(about: RealRunsCase): void {
  const { via, runs, agent, sizeBytes, patienceMs: timeout } = about;

  it('keeps exact bytes, stdout and stderr apart', { timeout }, async () => {
    const detail = await runs.run(
      sh(`head -c ${sizeBytes} /dev/urandom >/tmp/data; sha256sum /tmp/data >&2; cat /tmp/data; rm /tmp/data`),
    );
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, via, isCut: false, failure: null });
    const [stdout, stderr] = [await runs.output(detail, 'stdout'), await runs.output(detail, 'stderr')];
    expect([stdout.length, detail.vms[0]?.stdout.keptBytes]).toEqual([sizeBytes, sizeBytes]);
    expect(stderr.toString()).toBe(`${createHash('sha256').update(stdout).digest('hex')}  /tmp/data\n`);
  });

  it('has exit codes, signals, interpreters, standard input, an environment and a folder', { timeout }, async () => {
    expect((await runs.run(sh('exit 7'))).vms[0]).toMatchObject({ state: 'exited', exitCode: 7, signal: null });
    expect((await runs.run(sh('kill -TERM $$'))).vms[0]).toMatchObject({ exitCode: null, signal: 'SIGTERM' });
    expect((await runs.run({ argv: ['/no/such'] })).vms[0]).toMatchObject({
      exitCode: 127,
      failure: { code: 'RUN_COMMAND_REFUSED' },
    });
    const script = { text: 'read word; echo "$word $WORD $PWD"; exit 7', interpreter: ['/bin/busybox', 'sh'] };
    const stdin = Buffer.from('one\n').toString('base64');
    const given = await runs.run({ script }, { stdin, environment: { WORD: "t'wo" }, cwd: '/tmp' });
    expect([(await runs.output(given, 'stdout')).toString(), given.vms[0]?.exitCode]).toEqual(["one t'wo /tmp\n", 7]);
  });

  it('runs a script of some MiB, which reads its own input', { timeout }, async () => {
    const detail = await runs.runLongScript();
    expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 7, failure: null });
    expect((await runs.output(detail, 'stdout')).toString()).toBe('one\n');
  });

  it('kills the whole tree of processes, when its time has come and when it is cancelled', { timeout }, async () => {
    const tree = (line: string) => sh(`setsid ${line} & (${line} &); echo x; ${line}; true`);
    const late = await runs.run(tree('sleep 1234'), { timeoutMs: 5_000 });
    expect(late.vms[0]).toMatchObject({ state: 'timedOut', signal: 'SIGKILL', failure: null });
    expect(await runs.countOf('sleep 1234')).toBe('0');
    const { run: begun } = await runs.start(tree('sleep 1235'));
    await runs.printed(begun.id);
    await agent().client.run.cancel({ runId: begun.id });
    expect((await runs.ended(begun.id)).vms[0]).toMatchObject({ state: 'cancelled', failure: null });
    expect(await runs.countOf('sleep 1235')).toBe('0');
  });

  it('ends clearly when its machine is reverted, and runs there again', { timeout }, async () => {
    await agent().client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const { run: begun } = await runs.start(sh('echo x; sleep 1236; true'));
    await runs.printed(begun.id);
    await agent().client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    const { vms } = await runs.ended(begun.id);
    expect(vms[0]).toMatchObject({ state: 'lost', failure: { data: { reason: { code: 'guest.GUEST_REVERTED' } } } });
    expect(await runs.countOf('sleep 1236')).toBe('0');
  });

  it('is lost when its agent is killed, and ends in the guest', { timeout }, async () => {
    const { run: begun } = await runs.start(sh('echo x; sleep 1237; true'));
    await runs.printed(begun.id);
    await agent().kill('SIGKILL');
    about.agentIs(await agent().restart());
    const { run: lost, vms } = await agent().client.run.show({ runId: begun.id });
    expect([lost.state, vms[0]]).toMatchObject(['ended', { state: 'lost', failure: { code: 'RUN_AGENT_ENDED' } }]);
    expect((await runs.output({ run: lost, vms }, 'stdout')).toString()).toBe('x\n');
    await until('its process is gone', async () => (await about.countUnnoticed('sleep 1237')) === '0', timeout);
    expect((await runs.run(sh('true'))).run.counts.succeeded).toBe(1);
  });
}
