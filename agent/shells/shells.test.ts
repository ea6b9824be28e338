// Shells in fake guests: what a terminal shows, how each ends, and what is refused.
import { openStreamOverWebSocket, shellOver } from '@tt/client';
import { MOST_SHELLS, streamClose } from '@tt/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { ShellViewer } from '../testing/shell-viewer.ts';
import { until } from '../testing/until.ts';

let agent: TestAgent;
let vmId: string;

beforeAll(async () => {
  agent = await startTestAgent();
  vmId = await makeVm('demo');
});
afterAll(() => agent.stop());

async function makeVm(envName: string): Promise<string> {
  const { vms } = await agent.client.env.create({ name: envName, groups: [{ osPrefix: 'tiny' }] });
  return vms[0]?.id ?? '';
}

const open = (more: Partial<Parameters<typeof ShellViewer.open>[1]> = {}) =>
  ShellViewer.open(agent.connection, { vmId, ...more });
const viewers = async (of = vmId) => (await agent.client.vm.show({ vmId: of })).viewers;

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
    const said = agent.log.map((line) => JSON.stringify(line)).filter((line) => line.includes('a shell was'));
    expect(said.map((line) => line.includes(vmId) && line.includes('local'))).toEqual([true, true]);
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

  it('prints all that is read', async () => {
    const shell = await open();
    shell.type('flood 1000000\r');
    await until('all of it has come', () => shell.bytes.length > 1_000_000);
    await shell.shows(/x\r?\n?root@tiny-2-1:~# $/);
    expect(shell.text.split('x')).toHaveLength(1_000_001);
  });

  it('that nobody reads delays no other', async () => {
    const { ticket } = await agent.client.console.openShell({ vmId, columns: 80, rows: 24 });
    const socket = agent.connection.openStreamSocket();
    const stalled = shellOver(openStreamOverWebSocket(socket as unknown as WebSocket, ticket));
    let bytes = 0;
    stalled.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => (bytes += data.byteLength);
    await new Promise<void>((resolve) => {
      stalled.onopen = () => resolve();
    });
    stalled.send('flood 5000000\r');
    socket.pause();
    for (let count = 0; count < 5; count++) {
      const { end } = await (await open({ command: ['/bin/sh', '-c', 'exit 2'] })).closed;
      expect(end?.exitCode).toBe(2);
    }
    socket.resume();
    await until('all of it has come', () => bytes > 5_000_000);
    stalled.close(1000);
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
  const acts: [string, string, (id: string, envName: string) => Promise<unknown>][] = [
    ['stopped', 'stoppedMeanwhile', (id) => agent.client.vm.stop({ vmId: id, graceS: 0 })],
    ['reset', 'guest.GUEST_RESET', (id) => agent.client.vm.reset({ vmId: id })],
    ['deleted', 'deletedMeanwhile', (id) => agent.client.vm.delete({ vmId: id })],
    [
      'reverted',
      'guest.GUEST_REVERTED',
      (_id, envName) => agent.client.snapshot.revert({ envName, name: 'ripe', safety: false }),
    ],
  ];
  it.each(acts)('says that its machine was %s', async (how, code, act) => {
    const id = await makeVm(how);
    if (how === 'reverted') await agent.client.snapshot.create({ envName: how, name: 'ripe' });
    const shell = await open({ vmId: id });
    const [{ code: closeCode, end }] = await Promise.all([shell.closed, act(id, how)]);
    expect(closeCode).toBe(streamClose.vmNotRunning);
    expect(end?.failure).toMatchObject({ code: 'SHELL_ENDED', data: { reason: { code } } });
  });

  it('comes at bytes that are no frames', async () => {
    const { ticket } = await agent.client.console.openShell({ vmId, columns: 80, rows: 24 });
    const stream = agent.openStream(ticket);
    const code = new Promise<number>((resolve) => {
      stream.onclose = (event) => resolve(event.code);
    });
    stream.onopen = () => stream.send(Uint8Array.of(2, 0, 0, 0, 0));
    expect(await code).toBe(streamClose.upstreamFailed);
  });

  it('says that the agent ended', async () => {
    const other = await startTestAgent();
    const { vms } = await other.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
    const shell = await ShellViewer.open(other.connection, { vmId: vms[0]?.id ?? '' });
    const [{ end }] = await Promise.all([shell.closed, other.stop()]);
    expect(end?.failure).toMatchObject({ code: 'SHELL_ENDED', data: { reason: { code: 'agentEnded' } } });
  });
});

describe('no shell', () => {
  it('is opened where none runs, or the machine has no port for the helper', async () => {
    const id = await makeVm('off');
    await agent.client.vm.stop({ vmId: id, graceS: 0 });
    await expect(open({ vmId: id })).rejects.toMatchObject({ code: 'VM_NOT_RUNNING' });
    await agent.client.vm.update({ vmId: id, guestHelper: 'off' });
    await agent.client.vm.start({ vmId: id });
    await expect(open({ vmId: id })).rejects.toMatchObject({
      code: 'SHELL_GUEST_UNREACHABLE',
      data: { vmName: 'off/tiny-2-1', reason: { code: 'guestHelperOff' } },
    });
  });

  it('is opened above the limit of a guest, nor above that of a person; one that leaves makes place', async () => {
    const [one, two, three] = [await makeVm('one'), await makeVm('two'), await makeVm('three')];
    const fill = (id: string) => Promise.all(Array.from({ length: MOST_SHELLS.vm }, () => open({ vmId: id })));
    const [first] = await fill(one);
    await expect(open({ vmId: one })).rejects.toMatchObject({ code: 'SHELL_VM_LIMIT', data: { most: MOST_SHELLS.vm } });
    await fill(two);
    await expect(open({ vmId: three })).rejects.toMatchObject({
      code: 'SHELL_LIMIT',
      data: { most: MOST_SHELLS.person },
    });
    first?.channel.close(1000);
    await until('it has gone', async () => (await viewers(one)) === MOST_SHELLS.vm - 1);
    await open({ vmId: three });
  });
});
