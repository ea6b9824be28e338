// The channel with the real helper as a program of this host, over a socket instead of a virtio port.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir, totalmem, uptime } from 'node:os';
import path from 'node:path';
import { Duplex, type Readable, Transform } from 'node:stream';
import { encodeShellBytes, encodeShellFrame, ShellFrameReader } from '@tt/client';
import type { ShellEnd } from '@tt/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ShellStream } from '../shells/shell-stream.ts';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import type { ExecRequest } from './exec-request.ts';
import { encodeFrame, FRAME, FrameReader, WINDOW_BYTES } from './frame.ts';
import { GuestChannel, helloPauseMs } from './guest-channel.ts';
import type { GuestCommand } from './guest-command.ts';
import { getFile, putFile } from './guest-files.ts';
import { putOf, testGuestFiles } from './guest-files.contract.ts';
import { helperProcess } from './test-helper-process.ts';

const MIB = 1024 * 1024;
let folder: string;
let helper: string;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-guest-'));
  helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
}, 120_000);
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A helper of its own, and the host's end of its port. */
async function startHelper(): Promise<Duplex> {
  const { socket, end } = await helperProcess(helper, folder);
  ends.push(end);
  return socket;
}

const open = async () => GuestChannel.open(await startHelper(), 10_000);

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) parts.push(bytes);
  return Buffer.concat(parts);
}

async function outcome(command: GuestCommand) {
  const [stdout, stderr, exit] = await Promise.all([all(command.stdout), all(command.stderr), command.exit]);
  return { stdout: stdout.toString(), stderr: stderr.toString(), ...exit };
}

const sh = (script: string) => ({ argv: ['/bin/sh', '-c', script] });

async function isAlive(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return text !== null && !/\) Z /.test(text);
}

it('greets again, soon at first, a helper that has missed the greeting', async () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(helloPauseMs)).toEqual([25, 50, 100, 200, 500, 500, 500]);
  const socket = await startHelper();
  let lost = 0;
  const port = new Duplex({
    read: () => {},
    write(bytes: Buffer, _encoding, done) {
      lost++;
      if (lost > 3) socket.write(bytes, done);
      else done();
    },
  });
  socket.on('data', (bytes: Buffer) => port.push(bytes));
  const channel = await GuestChannel.open(port, 10_000);
  expect([lost > 3, await channel.answers(10_000)]).toEqual([true, true]);
  expect((await outcome(channel.exec(sh('echo apple')))).stdout).toBe('apple\n');
});

describe('a command', () => {
  it('has arguments, environment, folder, both outputs apart, and an exit code', async () => {
    const channel = await open();
    const request = {
      ...sh('printf "%s|" "$0" "$@" "$WORD" "$HOME" "$PWD"; echo no >&2; exit 7'),
      env: { WORD: 'ä b' },
      cwd: '/usr',
    };
    const result = await outcome(channel.exec({ ...request, argv: [...request.argv, 'zero', '', 'a b\n'] }));
    expect(result).toEqual({ stdout: 'zero||a b\n|ä b|/root|/usr|', stderr: 'no\n', exitCode: 7, signal: null });
  });

  it('sends exact bytes of any number each way, with an end', async () => {
    const channel = await open();
    const sent = randomBytes(3_000_001);
    const command = channel.exec({ argv: ['cat'] });
    command.stdin.end(sent);
    const got = await all(command.stdout);
    expect(got.equals(sent)).toBe(true);
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
  });

  it('says which signal ended it', async () => {
    const channel = await open();
    expect(await outcome(channel.exec(sh('kill -TERM $$')))).toMatchObject({ exitCode: null, signal: 15 });
  });

  it.each([
    ['a program that is not there', { argv: ['/no/such'] }, 2],
    ['a user that is not there', { argv: ['true'], user: 'nobody-of-that-name' }, 2],
    ['a folder that is not there', { argv: ['true'], cwd: '/no/such' }, 2],
    ['what is no program', { argv: ['/etc/passwd'] }, 13],
    ['a zero character, which no argument can hold', { argv: ['echo', 'a\0b'] }, 22],
  ])('is refused for %s', async (_what, request, errno) => {
    const channel = await open();
    await expect(channel.exec(request).exit).rejects.toMatchObject({ code: 'GUEST_REFUSED_COMMAND', errno });
  });

  it('runs as another user, with its groups and home folder', async () => {
    const channel = await open();
    const { stdout } = await outcome(channel.exec({ ...sh('id -un; id -gn; echo $USER'), user: 'daemon', cwd: '/' }));
    expect(stdout).toBe('daemon\ndaemon\ndaemon\n');
  });

  it('has a terminal of the wanted size, which can be changed', async () => {
    const channel = await open();
    const command = channel.exec({
      ...sh('stty size; read line; stty size; tty'),
      terminal: { rows: 31, columns: 97 },
    });
    const first = await new Promise<string>((resolve) =>
      command.stdout.once('data', (bytes) => resolve(String(bytes))),
    );
    expect(first).toBe('31 97\r\n');
    command.resize({ rows: 5, columns: 40 });
    command.stdin.write('\n');
    expect((await all(command.stdout)).toString()).toMatch(/5 40\r\n\/dev\/pts\/\d+\r\n$/);
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
  });

  it('ends with its program, even if that leaves another behind that holds its output', async () => {
    const channel = await open();
    const { stdout, exitCode } = await outcome(channel.exec(sh('sleep 30 & echo $!')));
    expect(exitCode).toBe(0);
    process.kill(Number(stdout), 'SIGKILL');
  });
});

describe('the report of a guest', () => {
  it('is how this machine is, and the addresses of its interfaces', async () => {
    const channel = await open();
    const { uptimeMs, load, memory, rootDisk, nics } = await channel.report(10_000);
    const { bsize, blocks } = await statfs('/');
    expect(Math.abs((uptimeMs ?? 0) / 1000 - uptime())).toBeLessThan(60);
    expect(load).toBeGreaterThanOrEqual(0);
    expect(Math.abs((memory?.totalMiB ?? 0) - totalmem() / MIB)).toBeLessThan(2);
    expect(memory?.availableMiB).toBeLessThanOrEqual(memory?.totalMiB ?? 0);
    expect(Math.abs((rootDisk?.totalMiB ?? 0) - (blocks * bsize) / MIB)).toBeLessThan(2);
    // Node lists those that are up; the helper has the others, too.
    for (const [name, all = []] of Object.entries(networkInterfaces())) {
      const outer = all.filter(({ internal, mac }) => !internal && mac !== '00:00:00:00:00:00');
      for (const { address, mac } of outer) {
        expect(nics.find((nic) => nic.name === name)).toMatchObject({
          mac,
          addresses: expect.arrayContaining([address]),
        });
      }
    }
    expect(nics.map(({ name }) => name)).not.toContain('lo');
  });

  it('is late while nobody reads, and the reason of the end once the connection has ended', async () => {
    const socket = await startHelper();
    const channel = await GuestChannel.open(socket, 10_000);
    socket.pause();
    await expect(channel.report(50)).rejects.toMatchObject({ code: 'GUEST_HELPER_SILENT' });
    socket.resume();
    expect(await channel.report(10_000)).toMatchObject({ nics: expect.any(Array) });
    channel.close();
    await expect(channel.report(10_000)).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  });
});

describe('many commands', () => {
  it('run at once, and one that nobody reads delays no other', async () => {
    const channel = await open();
    const stuck = channel.exec({ argv: ['yes'] });
    const others = await Promise.all(
      Array.from({ length: 40 }, (_, index) => outcome(channel.exec({ argv: ['echo', String(index)] }))),
    );
    expect(others.map(({ stdout }) => stdout)).toEqual(others.map((_, index) => `${index}\n`));
    stuck.signal('SIGKILL');
    stuck.stdout.resume();
    expect(await stuck.exit).toEqual({ exitCode: null, signal: 9 });
  });

  it('are refused above the limit, and possible again afterwards', async () => {
    const channel = await open();
    const running = Array.from({ length: 64 }, () => channel.exec({ argv: ['cat'] }));
    await expect(channel.exec({ argv: ['true'] }).exit).rejects.toMatchObject({ errno: 11 });
    for (const command of running) command.stdin.end();
    await Promise.all(running.map(outcome));
    expect(await outcome(channel.exec({ argv: ['true'] }))).toMatchObject({ exitCode: 0 });
  });
});

describe('the end of a command', () => {
  it('takes every process with it, whatever group or session they have moved to', async () => {
    const channel = await open();
    const script =
      '(setsid sh -c "echo \\$\\$; trap \\"\\" TERM; sleep 1000" &); sh -c "echo \\$\\$; sleep 1000" & sleep 1000';
    const command = channel.exec(sh(script));
    let text = '';
    for await (const bytes of command.stdout.iterator({ destroyOnReturn: false })) {
      text += String(bytes);
      if (text.split('\n').length > 2) break;
    }
    const pids = text.trim().split('\n').map(Number);
    command.signal('SIGKILL');
    expect(await command.exit).toEqual({ exitCode: null, signal: 9 });
    await expect.poll(async () => Promise.all(pids.map(isAlive))).toEqual([false, false]);
  });

  it('comes when the next host greets the helper, in the middle of whatever the last one sent', async () => {
    const socket = await startHelper();
    const first = await GuestChannel.open(socket, 10_000);
    const command = first.exec(sh('echo $$; sleep 1000'));
    const pid = Number(await new Promise((resolve) => command.stdout.once('data', (bytes) => resolve(String(bytes)))));
    // Half a frame, as a revert leaves it.
    socket.write(encodeFrame(FRAME.exec, 9, Buffer.from('half')).subarray(0, 9));
    const second = await GuestChannel.open(socket, 10_000);
    expect(await outcome(second.exec({ argv: ['echo', 'yes'] }))).toMatchObject({ stdout: 'yes\n' });
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('comes, and is told, when answers wait that nobody reads', async () => {
    const socket = await startHelper();
    // Nobody of the channel has asked for the answers that this test asks for.
    const reader = new FrameReader();
    const others = new Transform({
      transform(bytes: Buffer, _encoding, done) {
        for (const { type, id, payload } of reader.push(bytes)) {
          if (type !== FRAME.ping) this.push(encodeFrame(type, id, payload));
        }
        done();
      },
    });
    const channel = await GuestChannel.open(Duplex.from({ readable: socket.pipe(others), writable: socket }), 10_000);
    const command = channel.exec(sh('echo $$; sleep 1000'));
    const pid = Number(await new Promise((resolve) => command.stdout.once('data', (bytes) => resolve(String(bytes)))));
    socket.pause();
    const pings = Buffer.concat(Array.from({ length: 10_000 }, () => encodeFrame(FRAME.ping, 1)));
    for (let times = 0; times < 60; times++) await new Promise((resolve) => socket.write(pings, resolve));
    socket.resume();
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    expect((await channel.closed).message).toContain('more to say');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('can be told from a helper that is busy, by asking it', async () => {
    const socket = await startHelper();
    const channel = await GuestChannel.open(socket, 10_000);
    const busy = channel.exec({ argv: ['yes'] });
    expect(await channel.answers(10_000)).toBe(true);
    socket.pause();
    expect(await channel.answers(50)).toBe(false);
    socket.resume();
    busy.signal('SIGKILL');
    busy.stdout.resume();
    await busy.exit;
    channel.close();
    expect(await channel.answers(10_000)).toBe(false);
  });

  it('is told when the guest is gone', async () => {
    const socket = await startHelper();
    const channel = await GuestChannel.open(socket, 10_000);
    const command = channel.exec(sh('sleep 1000'));
    socket.destroy();
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    await expect(all(command.stdout)).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    expect((await channel.closed).code).toBe('GUEST_CHANNEL_CLOSED');
  });
});

describe('a shell', () => {
  const login = { argv: [], isLoginShell: true, terminal: { rows: 24, columns: 80 } };
  /** With the stream of its viewer, who reads nothing yet. */
  const openShell = async (request: ExecRequest) => {
    const channel = await open();
    const command = channel.exec(request);
    const end = command.exit.then(
      (exit): ShellEnd => ({
        exitCode: exit.exitCode,
        signal: exit.signal === null ? null : String(exit.signal),
        failure: null,
      }),
      (): ShellEnd => ({ exitCode: null, signal: null, failure: null }),
    );
    return { channel, command, viewer: new ShellStream(command, end) };
  };
  /** Reads on until the terminal has shown it; gives what came. */
  const shows = async (viewer: ShellStream, wanted: RegExp, reader = new ShellFrameReader()): Promise<string> => {
    let text = '';
    for await (const bytes of viewer.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (const frame of reader.push(bytes)) if (frame.kind === 'bytes') text += Buffer.from(frame.bytes).toString();
      if (wanted.test(text)) return text;
    }
    throw new Error(`the shell ended after ${JSON.stringify(text)}`);
  };
  const typed = (text: string) => encodeShellFrame({ kind: 'bytes', bytes: Buffer.from(text) });

  it('is what the helper tells that it can, before it greets', async () => {
    const channel = await open();
    expect([channel.has('shells'), channel.has('folders'), channel.isUpToDate]).toEqual([true, true, true]);
  });

  it('is the one of its user, logged in to, with the wanted terminal', async () => {
    const { viewer, command } = await openShell({ ...login, env: { TERM: 'vt100' } });
    const reader = new ShellFrameReader();
    viewer.write(typed('echo "<$0 $TERM $(stty size)>"\r'));
    expect(await shows(viewer, /<-\w+ vt100 24 80>/, reader)).toContain('echo');
    viewer.write(encodeShellFrame({ kind: 'resize', size: { columns: 91, rows: 17 } }));
    viewer.write(typed('echo "<$(stty size)>"; exit 5\r'));
    await shows(viewer, /<17 91>/, reader);
    viewer.resume();
    expect(await command.exit).toEqual({ exitCode: 5, signal: null });
    await once(viewer, 'close');
  });

  it('has exact bytes both ways once its terminal is raw, whatever pieces they come in', async () => {
    const { viewer, command } = await openShell({
      ...sh('stty raw -echo; echo ready; head -c 200000'),
      terminal: login.terminal,
    });
    const reader = new ShellFrameReader();
    await shows(viewer, /ready\n/, reader);
    const sent = randomBytes(200_000);
    for (const frame of encodeShellBytes(sent)) viewer.write(frame);
    const got: Uint8Array[] = [];
    for await (const bytes of viewer as AsyncIterable<Buffer>)
      for (const frame of reader.push(bytes)) if (frame.kind === 'bytes') got.push(frame.bytes);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
  });

  it('has its foreground ended by Ctrl-C', async () => {
    const { viewer } = await openShell({ argv: ['/bin/sh', '-i'], terminal: login.terminal });
    const reader = new ShellFrameReader();
    // By the foreground itself: a shell that is about to start one takes the Ctrl-C for it.
    viewer.write(typed(`sh -c 'echo be""gun; exec sleep 1000'; echo af""ter $?\r`));
    await shows(viewer, /begun/, reader);
    viewer.write(typed('\u0003'));
    viewer.write(typed('echo st""ill\r'));
    await shows(viewer, /still/, reader);
    viewer.destroy();
  });

  it('ends when its viewer leaves, with all it has started: what hangs up, and what does not', async () => {
    const { viewer, command } = await openShell({ argv: ['/bin/sh', '-i'], terminal: login.terminal });
    const script = `(trap '' HUP TERM; setsid sleep 1000 & echo "pid=$!"; wait) & sleep 1000 & echo "pid=$!"; sh -c 'echo "pid=$$"; exec sleep 1000'`;
    viewer.write(typed(`${script}\r`));
    const text = await shows(viewer, /(pid=\d+\r\n[\s\S]*){3}/);
    const pids = [...text.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid));
    expect(await Promise.all(pids.map(isAlive))).toEqual([true, true, true]);
    // Those that do not care get less time than they would from the viewer’s own end.
    command.hangUp(50);
    viewer.destroy();
    await command.exit;
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false, false]);
  });

  it('that nobody reads waits, and holds no more than its credit, while others go on', async () => {
    const { channel, viewer, command } = await openShell({
      ...sh('head -c 5000000 /dev/zero'),
      terminal: login.terminal,
    });
    viewer.read(0);
    for (let count = 0; count < 20; count++) await outcome(channel.exec({ argv: ['true'] }));
    const held = viewer.readableLength + command.stdout.readableLength;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(3 * WINDOW_BYTES);
    let bytes = 0;
    const reader = new ShellFrameReader();
    for await (const chunk of viewer as AsyncIterable<Buffer>)
      for (const frame of reader.push(chunk)) if (frame.kind === 'bytes') bytes += frame.bytes.length;
    expect(bytes).toBe(5_000_000);
  });
});

describe('files', () => {
  it('end with the connection, in the middle of either way', async () => {
    const content = randomBytes(3_000_000);
    const target = path.join(folder, 'cut');
    const socket = await startHelper();
    const channel = await GuestChannel.open(socket, 10_000);
    const request = putOf(content, {
      path: target,
      content: async function* () {
        yield content.subarray(0, 1_000_000);
        socket.destroy();
        yield content.subarray(1_000_000);
      },
    });
    await expect(putFile(channel, request)).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    await writeFile(target, content);
    const other = await startHelper();
    const reading = getFile(await GuestChannel.open(other, 10_000), { path: target }, async (file) => {
      other.destroy();
      return all(file.content);
    });
    await expect(reading).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  });
});

testGuestFiles('the helper', open, () => folder);
