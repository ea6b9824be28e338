// Test support: an ssh server (the ssh2 package) as a guest, whose commands really run, by /bin/sh of this computer, each in a session of
// its own as sshd starts them, or in none.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';
import { makeSshKeyPair } from '../cloud-init/openssh-key.ts';
import { runCommand, spawnProcess } from '../host/run-command.ts';
import type { SshTarget } from './ssh-connection.ts';

export interface TestSshGuest {
  /** The key and the host key are those it has. */
  readonly target: SshTarget;
  /** Logins so far. */
  readonly logins: () => number;
  /** The commands it was told to run, as they came. */
  readonly commands: string[];
  /** Ends its connections as a network does that breaks. */
  cut(): void;
  /** Takes no more connections; those it has stay. */
  stopListening(): void;
  close(): Promise<void>;
}

export interface TestSshGuestOptions {
  /** Sessions of one connection at once, as MaxSessions of sshd; default: any number. */
  mostSessions?: number;
  /** Started without a session of their own, as by dropbear. */
  withoutSession?: boolean;
  /** In place of running it. */
  run?: (channel: ServerChannel, command: string, connection: Connection) => void;
  /** What the login shell prints before anything else, on both outputs. */
  noise?: string;
  ident?: string;
  /** Where a guest of an agent has its server, and what its setup gave it. Default: anywhere on this host, with keys of its own. */
  as?: { host: string; port: number; user: string; hostKey: string; allowedKey: string };
}

const keyPair = () => makeSshKeyPair('test');
const lineOf = (publicKey: string) => publicKey.split(' ').slice(0, 2).join(' ');

/** A host key that no guest has, as `type base64`. */
export function otherHostKey(): string {
  return lineOf(keyPair().publicKey);
}

export function otherPrivateHostKey(): string {
  return keyPair().privateKey;
}

export async function startSshGuest(options: TestSshGuestOptions = {}): Promise<TestSshGuest> {
  const { mostSessions = Number.POSITIVE_INFINITY, run, ident, as } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-ssh-'));
  const [hostKey, userKey] = [keyPair(), keyPair()];
  const userName = as?.user ?? 'kim';
  const allowed = Buffer.from((as?.allowedKey ?? userKey.publicKey).split(' ')[1] ?? '', 'base64');
  const connections = new Set<Connection>();
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const running = new Set<Promise<void>>();
  /** Ends the streams of commands whose channel has gone without a word. */
  const stops = new Set<() => void>();
  let logins = 0;
  const about = { hostKeys: [as?.hostKey ?? hostKey.privateKey], ...(ident !== undefined && { ident }) };
  const server = new ssh2.Server(about, (connection) => {
    let sessions = 0;
    connections.add(connection);
    connection.on('error', () => {});
    connection.on('close', () => connections.delete(connection));
    connection.on('authentication', (context) => {
      if (context.username === userName && context.key?.data.equals(allowed) === true) context.accept();
      else context.reject(['publickey']);
    });
    connection.on('ready', () => {
      logins++;
    });
    connection.on('session', (accept, reject) => {
      if (sessions >= mostSessions) return reject();
      sessions++;
      const session = accept();
      session.on('close', () => {
        sessions--;
      });
      session.on('exec', (acceptExec, _reject, { command }) => {
        commands.push(command);
        const channel = acceptExec();
        if (run) return run(channel, command, connection);
        const work = runIn(folder, channel, command, options, stops);
        running.add(work);
        void work.finally(() => running.delete(work));
      });
    });
  });
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  }).listen(as?.port ?? 0, as?.host ?? '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    target: {
      host: '127.0.0.1',
      port: (listener.address() as AddressInfo).port,
      user: userName,
      privateKey: userKey.privateKey,
      hostKeys: [lineOf(hostKey.publicKey)],
    },
    logins: () => logins,
    commands,
    cut,
    stopListening: () => void listener.close(),
    async close() {
      cut();
      for (const stop of stops) stop();
      await new Promise((resolve) => listener.close(resolve));
      await Promise.all(running);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let count = 0;

/** As sshd: says how it ended at once, and closes when nobody has the outputs any more. */
async function runIn(
  folder: string,
  channel: ServerChannel,
  command: string,
  { withoutSession = false, noise = '' }: TestSshGuestOptions,
  stops: Set<() => void>,
): Promise<void> {
  const names = [path.join(folder, `${++count}.out`), path.join(folder, `${count}.err`)];
  await runCommand('mkfifo', names, { timeoutMs: 10_000 });
  const [stdout, stderr] = names.map(openFifo);
  if (!stdout || !stderr) throw new Error('no outputs');
  const ended = Promise.all([stdout, stderr].map(({ read }) => once(read, 'close')));
  // A program that ends must not take the channel with it.
  const input = new PassThrough();
  channel.pipe(input);
  const stop = () => {
    input.end();
    for (const { read } of [stdout, stderr]) read.destroy();
  };
  stops.add(stop);
  channel.on('close', stop);
  input.on('error', () => {});
  input.on('close', () => channel.resume());
  const shell = ['-c', 'exec 0<&3 3<&-; printf %s "$1"; printf %s "$1" >&2; exec /bin/sh -c "$0"', command, noise];
  const child = await spawnProcess('/bin/sh', shell, {
    detached: !withoutSession,
    stdoutFd: stdout.write,
    stderrFd: stderr.write,
    feed: input,
  });
  closeSync(stdout.write);
  closeSync(stderr.write);
  stdout.read.pipe(channel, { end: false });
  stderr.read.pipe(channel.stderr, { end: false });
  const exited = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    if (typeof code !== 'number') channel.exit(String(signal).replace('SIG', ''), false, '');
    else channel.exit(code);
  });
  await Promise.all([exited, ended]);
  stops.delete(stop);
  channel.end();
}

function openFifo(file: string): { read: Socket; write: number } {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  return { read: new Socket({ fd, readable: true, writable: false }), write: openSync(file, constants.O_WRONLY) };
}
