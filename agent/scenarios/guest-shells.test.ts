// Shells in a real guest: its terminal, what is left of it when its viewer is killed, a viewer that reads nothing for a while, a revert,
// and a helper that is older than the agent.
// @module-tag long
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStreamOverWebSocket, shellOver } from '@tt/client';
import { type ShellEnd, TtError, type Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGuestHelper, compileGuestHelper } from '../testing/build-guest-helper.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { ShellViewer } from '../testing/shell-viewer.ts';
import { until } from '../testing/until.ts';

const PATIENCE_MS = 240_000;
/** An emulated guest on a busy host prints some hundred KiB a second. */
const FLOOD_PATIENCE_MS = 1_200_000;
const MIB = 1024 * 1024;
const FLOOD_MIB = 100;
/** Without line ends, so that no terminal changes them. Each MiB begins with its number; how many have gone is kept. */
const FLOOD = `stty raw -echo; i=0; while [ $i -lt ${FLOOD_MIB} ]; do \
printf %08d $i; head -c ${MIB - 8} /dev/zero; i=$((i+1)); echo $i >/run/printed; done`;
let folder: string;
let helper: string;
let agent: RealAgent;
let vm: Vm;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-helper-'));
  helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
  agent = await startRealAgent({ helper });
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny', memoryMiB: 128 }] });
  vm = vms[0] ?? expect.unreachable('no VM');
  // A guest that still boots answers a run later.
  const { run } = await agent.client.run.start({ envName: 'demo', command: { argv: ['true'] }, waitMs: PATIENCE_MS });
  await until(
    'the guest answers',
    async () => (await agent.client.run.show({ runId: run.id })).run.state === 'ended',
    PATIENCE_MS,
  );
}, PATIENCE_MS);
afterAll(async () => {
  await agent.remove();
  await rm(folder, { recursive: true });
});

const open = (more: object = {}) => ShellViewer.open(agent.connection, { vmId: vm.id, ...more });

/** What a command prints. */
async function printedBy(line: string): Promise<string> {
  const shell = await open({ command: ['/bin/sh', '-c', line] });
  await shell.closed;
  return shell.text;
}

/** How many processes of the guest have this command line. */
const COUNT = (line: string) =>
  `n=0; for p in /proc/[0-9]*; do [ "$(tr '\\0' ' ' 2>/dev/null <$p/cmdline)" = "${line} " ] && n=$((n+1)); done; echo "n=$n"`;
async function countOf(line: string): Promise<number> {
  return Number(/n=(\d+)/.exec(await printedBy(COUNT(line)))?.[1]);
}

it(
  'is a login shell with a size, follows another, and has what runs ended by Ctrl-C',
  async () => {
    const shell = await open({ columns: 97, rows: 31, terminalType: 'vt100' });
    shell.type('echo "<$0 $TERM $USER $(stty size)>"\r');
    await shell.shows(/<-\w+ vt100 root 31 97>/, PATIENCE_MS);
    shell.channel.resize({ columns: 40, rows: 12 });
    shell.type('echo "<$(stty size)>"; sleep 4321\r');
    await shell.shows('<12 40>', PATIENCE_MS);
    shell.type('\u0003');
    shell.type('echo "<$?>"; exit 9\r');
    expect((await shell.closed).end).toEqual({ exitCode: 9, signal: null, failure: null });
    expect(shell.text).toContain('<130>');
  },
  PATIENCE_MS,
);

it(
  'shows a program that fills the screen with exact bytes',
  async () => {
    const shell = await open({ command: ['/bin/sh', '-c', 'stty raw -echo; echo ready; head -c 300000'] });
    await shell.shows('ready\n', PATIENCE_MS);
    const before = shell.bytes.length;
    const sent = randomBytes(300_000);
    shell.channel.send(sent);
    expect((await shell.closed).end?.exitCode).toBe(0);
    expect(shell.bytes.subarray(before).equals(sent)).toBe(true);
  },
  PATIENCE_MS,
);

it(
  'leaves no process when its viewer is killed',
  async () => {
    const { ticket } = await agent.client.console.openShell({ vmId: vm.id, columns: 80, rows: 24 });
    const socket = agent.connection.openStreamSocket();
    const shell = shellOver(openStreamOverWebSocket(socket as unknown as WebSocket, ticket));
    let text = '';
    shell.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => (text += Buffer.from(data).toString());
    shell.onopen = () =>
      shell.send(`(trap '' HUP; setsid sleep 1241 & wait) & sleep 1242 & echo be""gun; sleep 1243\r`);
    await until('it runs', () => text.includes('begun'), PATIENCE_MS);
    expect(await Promise.all([1241, 1242, 1243].map((seconds) => countOf(`sleep ${seconds}`)))).toEqual([1, 1, 1]);
    socket.terminate();
    await until(
      'all is gone',
      async () => {
        const left = await Promise.all([1241, 1242, 1243].map((seconds) => countOf(`sleep ${seconds}`)));
        return left.every((count) => count === 0);
      },
      PATIENCE_MS,
    );
  },
  PATIENCE_MS,
);

it(
  'waits for a viewer that reads nothing, for whom the agent holds little, and loses nothing of what is read later',
  async () => {
    const expected = createHash('sha256');
    for (let number = 0; number < FLOOD_MIB; number++) {
      const piece = Buffer.alloc(MIB);
      piece.write(String(number).padStart(8, '0'), 'latin1');
      expected.update(piece);
    }
    const whole = { end: { exitCode: 0, signal: null, failure: null }, hash: expected.digest('hex') };
    // What an agent takes for as much that is read at once; it keeps that, and the next must not take more.
    expect(await (await startFlood()).ended).toEqual(whole);
    const beforeMiB = await agentMiB();

    const flood = await startFlood();
    flood.socket.pause();
    const looks: number[] = [];
    await until(
      'it waits',
      async () => {
        looks.push(Number(await printedBy('cat /run/printed')));
        return looks.length > 5 && looks.slice(-5).every((count) => count === looks.at(-1));
      },
      FLOOD_PATIENCE_MS,
    );
    expect(looks.at(-1)).toBeLessThan(FLOOD_MIB / 2);
    let mostMiB = await agentMiB();
    flood.onBytes = async () => {
      mostMiB = Math.max(mostMiB, await agentMiB());
    };
    flood.socket.resume();
    expect(await flood.ended).toEqual(whole);
    expect(mostMiB - beforeMiB).toBeLessThan(FLOOD_MIB / 2);
  },
  FLOOD_PATIENCE_MS,
);

/** Begins to print; what comes is not kept, but summed up. */
async function startFlood() {
  await printedBy('echo 0 >/run/printed');
  const { ticket } = await agent.client.console.openShell({
    vmId: vm.id,
    columns: 80,
    rows: 24,
    command: ['/bin/sh', '-c', FLOOD],
  });
  const socket = agent.connection.openStreamSocket();
  const shell = shellOver(openStreamOverWebSocket(socket as unknown as WebSocket, ticket));
  const hash = createHash('sha256');
  const flood = {
    socket,
    onBytes: async () => {},
    ended: new Promise<{ end: ShellEnd | null; hash: string }>((resolve) => {
      shell.onclose = () => resolve({ end: shell.end, hash: hash.digest('hex') });
    }),
  };
  shell.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    hash.update(new Uint8Array(data));
    void flood.onBytes();
  };
  await new Promise<void>((resolve) => {
    shell.onopen = () => resolve();
  });
  return flood;
}

async function agentMiB(): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${agent.pid}/status`, 'utf8'))?.[1]) / 1024;
}

it(
  'says that its machine was reverted; what ran in it is not there any more',
  async () => {
    await agent.client.snapshot.create({ envName: 'demo', name: 'ripe' });
    const shell = await open();
    shell.type('echo be""gun; sleep 1244\r');
    await shell.shows('begun', PATIENCE_MS);
    await agent.client.snapshot.revert({ envName: 'demo', name: 'ripe', safety: false });
    expect((await shell.closed).end?.failure).toMatchObject({
      code: 'SHELL_ENDED',
      data: { reason: { code: 'guest.GUEST_REVERTED' } },
    });
    expect(await countOf('sleep 1244')).toBe(0);
  },
  PATIENCE_MS,
);

it(
  'takes the place of a helper that is older than the agent',
  async () => {
    const sources = path.join(folder, 'older');
    await cp(path.join(import.meta.dirname, '../guest-helper'), sources, { recursive: true });
    const header = path.join(sources, 'frame.h');
    const text = await readFile(header, 'utf8');
    const older = text.replace(/ALL_FEATURES = [^}]+/, 'ALL_FEATURES = 0 ');
    expect(older).not.toBe(text);
    await writeFile(header, older);
    const newer = await readFile(helper);
    await compileGuestHelper(sources, 'gcc', helper);
    // As with an image that brings none, so that the agent puts its own there.
    const remover = await open();
    remover.type('rm /usr/bin/tt-guest-helper; sync; exit 0\r');
    await remover.closed;
    await agent.client.vm.reset({ vmId: vm.id });
    await until('it boots', async () => (await agent.client.vm.show({ vmId: vm.id })).state === 'running', PATIENCE_MS);
    const isOld = (error: unknown) => error instanceof TtError && JSON.stringify(error.data).includes('guestHelperOld');
    await until('the older helper is there', () => open().then(() => false, isOld), PATIENCE_MS);
    // The next agent has another one.
    await writeFile(helper, newer);
    await agent.kill('SIGTERM');
    agent = await agent.restart();
    const shell = await open();
    shell.type('exit 0\r');
    expect((await shell.closed).end?.exitCode).toBe(0);
  },
  PATIENCE_MS,
);
