// Commands over ssh in a guest that is this computer: exact bytes, every way to end, and servers that are slow, odd or hostile.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../testing/until.ts';
import { KILL_LINE, START } from './guest-script.ts';
import { FROM_INPUT } from '../guest-channel/from-input.ts';
import type { SshCommand } from './ssh-command.ts';
import { SshConnection } from './ssh-connection.ts';
import { otherHostKey, startSshGuest, type TestSshGuest, type TestSshGuestOptions } from './test-ssh-guest.ts';

const PATIENCE_MS = 10_000;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function guest(options: TestSshGuestOptions = {}): Promise<TestSshGuest> {
  const made = await startSshGuest(options);
  ends.push(() => made.close());
  return made;
}

async function connectTo({ target }: Pick<TestSshGuest, 'target'>): Promise<SshConnection> {
  const connection = await SshConnection.open(target, PATIENCE_MS);
  ends.push(() => connection.close());
  return connection;
}

const open = async (options: TestSshGuestOptions = {}) => connectTo(await guest(options));

/** Sends whatever it likes to who connects. */
async function rawServer(serve: (socket: Socket) => void): Promise<TestSshGuest['target']> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const { target } = await guest();
  return { ...target, port: (server.address() as AddressInfo).port };
}

async function all(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) parts.push(bytes);
  return Buffer.concat(parts);
}

async function outcome(command: SshCommand) {
  const [stdout, stderr, exit] = await Promise.all([all(command.stdout), all(command.stderr), command.exit]);
  return { stdout: stdout.toString(), stderr: stderr.toString(), ...exit };
}

const sh = (script: string) => ({ argv: ['/bin/sh', '-c', script], stdin: 'none' as const });
const sleepers = async (seconds: number) => {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line === `sleep\0${seconds}\0`).length;
};

describe('a command over ssh', () => {
  it('has arguments, environment, folder, both outputs apart, and an exit code', async () => {
    const connection = await open();
    const request = {
      ...sh('printf "%s|" "$0" "$@" "$WORD" "$PWD"; echo no >&2; exit 7'),
      env: { WORD: `ä 'b'\n\\n$(echo c)!` },
      cwd: '/usr',
    };
    const result = await outcome(connection.exec({ ...request, argv: [...request.argv, 'zero', '', "a 'b\n\\"] }));
    expect(result).toEqual({
      stdout: `zero||a 'b\n\\|ä 'b'\n\\n$(echo c)!|/usr|`,
      stderr: 'no\n',
      exitCode: 7,
      signal: null,
    });
  });

  it('sends exact bytes of any number, both outputs at once, also to a slow reader', async () => {
    const connection = await open();
    const command = connection.exec(
      sh('head -c 6000001 /dev/urandom | tee /dev/stderr; head -c 70000 /dev/zero >&2; exit 0'),
    );
    await once(command.stdout, 'readable');
    const [stdout, stderr] = await Promise.all([all(command.stdout), all(command.stderr)]);
    expect(await command.exit).toEqual({ exitCode: 0, signal: null });
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    expect([stdout.length, stderr.length]).toEqual([6_000_001, 6_070_001]);
    expect(sha256(stderr.subarray(0, stdout.length))).toBe(sha256(stdout));
  });

  it('gets exact bytes of standard input, or none at all', async () => {
    const connection = await open();
    const sent = Buffer.concat([Buffer.from('%s \\n\0\n'), randomBytes(60_000)]);
    const command = connection.exec({ argv: ['cat'] });
    command.stdin.end(sent);
    expect((await all(command.stdout)).equals(sent)).toBe(true);
    expect(await outcome(connection.exec(sh('cat; echo end')))).toMatchObject({ stdout: 'end\n', exitCode: 0 });
  });

  it('is not in a list of processes, nor what it is given', async () => {
    const about = await guest();
    const connection = await connectTo(about);
    const request = { ...sh('test "$TOKEN" = s3cr3t'), env: { TOKEN: 's3cr3t' } };
    expect(await outcome(connection.exec(request))).toMatchObject({ exitCode: 0 });
    expect(about.commands).toEqual([START]);
  });

  it('may be as long as a script can be', async () => {
    const connection = await open();
    const text = `echo ${'x'.repeat(40_000)}`;
    expect((await outcome(connection.exec(sh(text)))).stdout.length).toBe(40_001);
    const long = `read word\necho "$word"\n${'# some words\n'.repeat(100_000)}exit 7\n`;
    const command = connection.exec({
      argv: ['/bin/sh', '-c', FROM_INPUT, 'sh', String(Buffer.byteLength(long)), '/bin/sh'],
    });
    command.stdin.end(`${long}one\ntwo\n`);
    expect(await outcome(command)).toMatchObject({ stdout: 'one\n', stderr: '', exitCode: 7 });
  });

  it('that is given much is cancelled while it gets that', async () => {
    const connection = await open();
    const command = connection.exec({ argv: ['cat'] });
    command.stdin.end(Buffer.alloc(4 * 1024 * 1024));
    command.signal('SIGKILL');
    command.stdout.resume();
    command.stderr.resume();
    expect(await command.exit).toEqual({ exitCode: null, signal: 9 });
  });

  it('says what could not be started, and why', async () => {
    const connection = await open();
    const refusal = async (request: Parameters<SshConnection['exec']>[0]) => {
      const command = connection.exec({ stdin: 'none', ...request });
      command.stdout.resume();
      command.stderr.resume();
      return command.exit.then(
        () => null,
        (error: { code: string; errno: number }) => [error.code, error.errno],
      );
    };
    expect(await refusal({ argv: ['/no/such'] })).toEqual(['GUEST_REFUSED_COMMAND', 2]);
    expect(await refusal({ argv: ['no-such'] })).toEqual(['GUEST_REFUSED_COMMAND', 2]);
    expect(await refusal({ argv: ['/etc/passwd'] })).toEqual(['GUEST_REFUSED_COMMAND', 13]);
    expect(await refusal({ argv: ['/etc'] })).toEqual(['GUEST_REFUSED_COMMAND', 13]);
    expect(await refusal({ argv: ['true'], cwd: '/no/such' })).toEqual(['GUEST_REFUSED_COMMAND', 2]);
    expect(await refusal({ argv: ['a\0b'] })).toEqual(['GUEST_REFUSED_COMMAND', 22]);
    expect(await refusal({ argv: ['true'], user: 'root' })).toEqual(['GUEST_REFUSED_COMMAND', 95]);
    expect(await refusal({ argv: ['true'], terminal: { rows: 1, columns: 1 } })).toEqual(['GUEST_REFUSED_COMMAND', 95]);
    expect(await refusal({ argv: ['true'], user: 'kim' })).toBeNull();
  });

  it('has what its login shell prints before kept apart', async () => {
    const connection = await open({ noise: 'Welcome!\ntt-0\n' });
    expect(await outcome(connection.exec(sh('echo out; echo err >&2')))).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('ends with its signal', async () => {
    const connection = await open();
    expect(await outcome(connection.exec(sh('kill -TERM $$')))).toMatchObject({ exitCode: null, signal: 15 });
    expect(await outcome(connection.exec(sh('exit 143')))).toMatchObject({ exitCode: 143, signal: null });
  });

  it('is over when it ends, though what it left in the background has its outputs, which lives on', async () => {
    const connection = await open();
    const { stdout, exitCode } = await outcome(connection.exec(sh('sleep 7471 & echo $!')));
    expect([exitCode, await sleepers(7471)]).toEqual([0, 1]);
    process.kill(Number(stdout));
  });
});

describe('an end from outside', () => {
  it.each([
    ['in a session of its own, as by sshd', false],
    ['in none, as by dropbear', true],
  ])('kills the whole tree of a command, also what has left its session: %s', async (_where, withoutSession) => {
    const connection = await open({ withoutSession });
    const seconds = withoutSession ? 7461 : 7460;
    const command = connection.exec(
      sh(`setsid sleep ${seconds} & (sleep ${seconds} &) ; echo x; sleep ${seconds}; true`),
    );
    await once(command.stdout, 'data');
    await until('all of it runs', async () => (await sleepers(seconds)) === 3);
    command.signal('SIGKILL');
    command.stdout.resume();
    command.stderr.resume();
    expect(await command.exit).toEqual({ exitCode: null, signal: 9 });
    expect(await sleepers(seconds)).toBe(0);
  });

  it('that breaks the connection ends the command, here and in the guest', async () => {
    const about = await guest();
    const connection = await connectTo(about);
    const command = connection.exec(sh('echo x; sleep 7462; true'));
    await once(command.stdout, 'data');
    about.cut();
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    expect((await connection.closed).code).toBe('GUEST_CHANNEL_CLOSED');
    await until('it is gone', async () => (await sleepers(7462)) === 0);
    await expect(connection.exec(sh('true')).exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  });

  it('is the same for a reader that leaves', async () => {
    const connection = await open();
    const command = connection.exec(sh('echo x; sleep 7463; true'));
    await once(command.stdout, 'data');
    command.stdout.destroy();
    command.stderr.destroy();
    await expect(command.exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
    await until('it is gone', async () => (await sleepers(7463)) === 0);
    expect(connection.isIdle).toBe(true);
  });

  it('before it has begun starts nothing', async () => {
    const connection = await open();
    const command = connection.exec({ argv: ['echo', 'never'] });
    command.signal('SIGKILL');
    expect(await outcome(command)).toEqual({ stdout: '', stderr: '', exitCode: null, signal: 9 });
  });
});

describe('several commands', () => {
  it.each([
    ['at once', Number.POSITIVE_INFINITY, 10],
    ['in turn, where the server has one session', 1, 3],
  ])('run over one connection, %s', async (_how, mostSessions, count) => {
    const about = await guest({ mostSessions });
    const connection = await connectTo(about);
    const results = await Promise.all(
      Array.from({ length: count }, (_, index) => outcome(connection.exec(sh(`echo ${index}`)))),
    );
    expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, index) => `${index}\n`));
    expect(about.logins()).toBe(1);
  });

  it('have a limit, and a server without any session refuses', async () => {
    const connection = await open();
    const commands = Array.from({ length: 65 }, () => connection.exec({ argv: ['true'] }));
    await expect(commands.at(-1)?.exit).rejects.toMatchObject({ code: 'GUEST_REFUSED_COMMAND', errno: 11 });
    const none = await open({ mostSessions: 0 });
    await expect(none.exec(sh('true')).exit).rejects.toMatchObject({
      code: 'GUEST_REFUSED_COMMAND',
      message: expect.stringContaining('no channel') as string,
    });
  });
});

describe('who answers', () => {
  it('must have a known host key: nothing is sent to another', async () => {
    const about = await guest();
    const target = { ...about.target, hostKeys: [otherHostKey()] };
    await expect(SshConnection.open(target, PATIENCE_MS)).rejects.toMatchObject({ code: 'GUEST_SSH_HOST_KEY_WRONG' });
    const rsa = { ...about.target, hostKeys: [`ssh-rsa ${'A'.repeat(40)}`] };
    await expect(SshConnection.open(rsa, PATIENCE_MS)).rejects.toMatchObject({ code: 'GUEST_SSH_HOST_KEY_WRONG' });
    expect(about.logins()).toBe(0);
    const both = { ...about.target, hostKeys: [otherHostKey(), ...about.target.hostKeys] };
    await connectTo({ target: both });
    expect(about.logins()).toBe(1);
  });

  it('must accept the user and the key', async () => {
    const { target } = await guest();
    await expect(SshConnection.open({ ...target, user: 'lee' }, PATIENCE_MS)).rejects.toMatchObject({
      code: 'GUEST_SSH_LOGIN_REFUSED',
    });
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ['says nothing', 'GUEST_SSH_SILENT', () => {}],
    ['hangs up', 'GUEST_SSH_SILENT', (socket) => socket.end()],
    ['talks without a line', 'GUEST_SSH_INVALID', (socket) => socket.write('x'.repeat(9_000))],
    ['sends a banner without end', 'GUEST_SSH_INVALID', (socket) => pour(socket, 'welcome\r\n')],
    ['sends no packets', 'GUEST_SSH_INVALID', (socket) => socket.write(`SSH-2.0-x\r\n${'\xff'.repeat(64)}`)],
  ])('and %s is given up', async (_what, code, serve) => {
    const target = await rawServer(serve);
    await expect(SshConnection.open(target, 300)).rejects.toMatchObject({ code });
  });

  it('is not waited for where nothing listens', async () => {
    const about = await guest();
    await about.close();
    await expect(SshConnection.open(about.target, PATIENCE_MS)).rejects.toMatchObject({ code: 'GUEST_SSH_SILENT' });
  });

  it('and starts something else than a shell is a refusal with its words; endless words end it', async () => {
    const locked = await open({
      run: (channel) => {
        channel.stderr.write('This account is closed.\n');
        channel.exit(1);
        channel.end();
      },
    });
    await expect(locked.exec(sh('true')).exit).rejects.toMatchObject({
      code: 'GUEST_REFUSED_COMMAND',
      message: expect.stringContaining('This account is closed.') as string,
    });
    const endless = await open({ run: (channel) => pour(channel, 'bla\n') });
    await expect(endless.exec(sh('true')).exit).rejects.toMatchObject({ code: 'GUEST_SSH_INVALID' });
  });

  it('and is slow to start a command that was killed meanwhile has killed it, not refused it', async () => {
    const asked = Promise.withResolvers<void>();
    const connection = await open({
      run: (channel) => {
        channel.on('data', (bytes: Buffer) => {
          asked.resolve();
          if (!bytes.toString().endsWith(KILL_LINE)) return;
          channel.exit('KILL', false, '');
          channel.end();
        });
      },
    });
    const command = connection.exec(sh('true'));
    await asked.promise;
    command.signal('SIGKILL');
    expect(await outcome(command)).toMatchObject({ exitCode: null, signal: 9 });
  });

  it('and hangs up in a command, without a word how it ended, is not taken for success', async () => {
    const connection = await open({ run: (channel) => channel.close() });
    await expect(connection.exec(sh('true')).exit).rejects.toMatchObject({ code: 'GUEST_CHANNEL_CLOSED' });
  });
});

/** As much as the other end takes. */
function pour(to: NodeJS.WritableStream, text: string): void {
  const block = text.repeat(4096);
  to.on('error', () => {});
  const more = () => {
    while (to.writable && to.write(block)) {}
  };
  to.on('drain', more);
  more();
}
