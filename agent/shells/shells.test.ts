// Shells in fake guests: what a terminal shows, how each ends, and what is refused.
import { MOST_SHELLS, streamClose } from '@tt/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { ShellViewer } from '../testing/shell-viewer.ts';
import { until } from '../testing/until.ts';

let agent: TestAgent;
let vmId: string;

beforeEach(async () => {
  agent = await startTestAgent();
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  vmId = vms[0]?.id ?? '';
});
afterEach(() => agent.stop());

const open = (more: Partial<Parameters<typeof ShellViewer.open>[1]> = {}) =>
  ShellViewer.open(agent.connection, { vmId, ...more });
const viewers = async () => (await agent.client.vm.show({ vmId })).viewers;

describe('a shell', () => {
  it('has a prompt, the size that it is given, and an exit code; it is counted as a viewer', async () => {
    const shell = await open({ columns: 97, rows: 31 });
    await shell.shows('root@tiny-2-1:~# ');
    expect(await viewers()).toBe(1);
    shell.type('stty size\r');
    await shell.shows('31 97\r\n');
    shell.channel.resize({ columns: 40, rows: 5 });
    shell.type('stty size\r');
    await shell.shows('5 40\r\n');
    shell.type('exit 3\r');
    expect(await shell.closed).toEqual({
      code: streamClose.vmNotRunning,
      end: { exitCode: 3, signal: null, failure: null },
    });
    await until('nobody looks', async () => (await viewers()) === 0);
    const said = agent.log.filter((line) => JSON.stringify(line).includes('a shell was'));
    expect(
      said.map((line) => JSON.stringify(line)).every((line) => line.includes(vmId) && line.includes('local')),
    ).toBe(true);
    expect(said).toHaveLength(2);
  });

  it('is a command where one is given', async () => {
    const shell = await open({ command: ['/bin/sh', '-c', 'hostname; exit 4'] });
    const { end } = await shell.closed;
    expect([shell.text, end?.exitCode]).toEqual(['tiny-2-1\r\n', 4]);
  });

  it('has what is running ended by Ctrl-C', async () => {
    const shell = await open();
    shell.type('sleep 1000\r');
    await shell.shows('sleep 1000\r\n');
    shell.type('\u0003');
    await shell.shows(/\^C\r\nroot@tiny-2-1:~# $/);
  });

  it('prints what is read, and no more of it than that', async () => {
    const shell = await open();
    shell.type('flood 3000000\r');
    await shell.shows(/x{3000000}/);
  });

  it('says in its end what the guest refused', async () => {
    const { end } = await (await open({ command: ['/no/such'] })).closed;
    expect(end).toMatchObject({
      exitCode: null,
      failure: { code: 'SHELL_REFUSED', data: { vmName: 'demo/tiny-2-1' } },
    });
  });
});

describe('the end of a shell', () => {
  it.each([
    ['stopped', 'stoppedMeanwhile', () => agent.client.vm.stop({ vmId, graceS: 0 })],
    ['reset', 'guest.GUEST_RESET', () => agent.client.vm.reset({ vmId })],
    ['deleted', 'deletedMeanwhile', () => agent.client.vm.delete({ vmId })],
    [
      'reverted',
      'guest.GUEST_REVERTED',
      () => agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false }),
    ],
  ])('says that its machine was %s', async (_how, code, act) => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const shell = await open();
    const [{ code: closeCode, end }] = await Promise.all([shell.closed, act()]);
    expect(closeCode).toBe(streamClose.vmNotRunning);
    expect(end?.failure).toMatchObject({ code: 'SHELL_ENDED', data: { reason: { code } } });
  });

  it('says that the agent ended', async () => {
    const shell = await open();
    const [{ end }] = await Promise.all([shell.closed, agent.stop()]);
    expect(end?.failure).toMatchObject({ code: 'SHELL_ENDED', data: { reason: { code: 'agentEnded' } } });
  });

  it('comes with its viewer, and makes place for another', async () => {
    const shells = [];
    for (let count = 0; count < MOST_SHELLS.vm; count++) shells.push(await open());
    await expect(open()).rejects.toMatchObject({ code: 'SHELL_VM_LIMIT', data: { most: MOST_SHELLS.vm } });
    shells[0]?.channel.close(1000);
    await until('one has gone', async () => (await viewers()) === MOST_SHELLS.vm - 1);
    await open();
  });

  it('comes at bytes that are no frames', async () => {
    const { ticket } = await agent.client.console.openShell({ vmId, columns: 80, rows: 24 });
    const stream = agent.openStream(ticket);
    const code = new Promise<number>((resolve) => {
      stream.onclose = (event) => resolve(event.code);
    });
    stream.onopen = () => stream.send(Uint8Array.of(2, 0, 0, 0, 0));
    expect(await code).toBe(streamClose.upstreamFailed);
    await until('nobody looks', async () => (await viewers()) === 0);
  });
});

describe('no shell', () => {
  it('is opened in a guest whose machine has no port for the helper, or does not run', async () => {
    await agent.client.vm.stop({ vmId, graceS: 0 });
    await expect(open()).rejects.toMatchObject({ code: 'VM_NOT_RUNNING' });
    await agent.client.vm.update({ vmId, guestHelper: 'off' });
    await agent.client.vm.start({ vmId });
    await expect(open()).rejects.toMatchObject({
      code: 'SHELL_GUEST_UNREACHABLE',
      data: { vmName: 'demo/tiny-2-1', reason: { code: 'guestHelperOff' } },
    });
  });

  it('is opened by more than so many of one person, in whatever guests', async () => {
    const { vms } = await agent.client.env.create({
      name: 'more',
      groups: [{ osPrefix: 'tiny' }, { osPrefix: 'tiny' }],
    });
    const all = [vmId, ...vms.map(({ id }) => id)];
    for (let count = 0; count < MOST_SHELLS.person; count++) await open({ vmId: all[count % all.length] ?? '' });
    await expect(open()).rejects.toMatchObject({ code: 'SHELL_LIMIT', data: { most: MOST_SHELLS.person } });
  });
});
