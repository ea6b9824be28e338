// One ssh connection to a guest: proves who answers, logs in by the key of the ENV, and runs several commands at once. What the other
// end may send is bounded in time and bytes. Knows nothing of VMs, and no file of this host.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { visible } from '@tt/protocol';
import ssh2, { type Client } from 'ssh2';
import type { ExecRequest } from '../guest-channel/exec-request.ts';
import { GuestError, type GuestErrorCode } from '../guest-channel/guest-error.ts';
import { unlessAborted } from '../host/unless-aborted.ts';
import { SshCommand } from './ssh-command.ts';

export interface SshTarget {
  host: string;
  port: number;
  user: string;
  /** In OpenSSH's form. */
  privateKey: string;
  /** `type base64`; any of them proves the guest. At least one. */
  hostKeys: readonly string[];
}

/** Commands at once; the others wait. OpenSSH takes 10 unless it is told otherwise; a server that takes fewer is believed. */
const MOST_CHANNELS = 8;
/** Running or waiting. What comes on top is refused. */
const MOST_COMMANDS = 64;
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };
/** Before the login. */
const MOST_GREETING_BYTES = 256 * 1024;
/** While no command runs: more than what can still come of one that was ended. */
const MOST_QUIET_BYTES = 8 * 1024 * 1024;
/** ssh2 gives each channel a window of 2 MiB, and does not see to it that the other end keeps to it. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;
const EAGAIN = 11;
const EOPNOTSUPP = 95;
/** What a host key may sign with, by its type. */
const SIGNATURES: Readonly<Record<string, string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

export class SshConnection {
  readonly via = 'ssh';
  readonly user: string;
  readonly #client: Client;
  readonly #closed = Promise.withResolvers<GuestError>();
  readonly #ready = Promise.withResolvers<void>();
  /** Those that have a channel or are getting one. */
  readonly #running = new Set<SshCommand>();
  readonly #waiting: SshCommand[] = [];
  readonly #socket: Socket;
  #mostChannels = MOST_CHANNELS;
  #quietBytes = 0;
  #greeting = '';
  #isReady = false;
  #isRefusedKey = false;
  #lastProblem: (Error & { level?: string }) | null = null;
  #failure: GuestError | null = null;
  /** Called when no command runs or waits any more. */
  onIdle: () => void = () => {};

  private constructor(socket: Socket, target: SshTarget) {
    this.#socket = socket;
    this.user = target.user;
    this.#client = new ssh2.Client();
    this.#ready.promise.catch(() => {});
    this.#client.on('ready', () => {
      this.#isReady = true;
      this.#ready.resolve();
    });
    this.#client.on('error', (error) => {
      this.#lastProblem ??= error;
      socket.destroy();
    });
    this.#client.on('close', () => this.#end(this.#whyEnded()));
    this.#client.connect({
      sock: socket,
      username: target.user,
      privateKey: target.privateKey,
      authHandler: ['publickey'],
      hostVerifier: (key) => {
        const isKnown = target.hostKeys.some((known) => key.equals(Buffer.from(known.split(' ')[1] ?? '', 'base64')));
        this.#isRefusedKey = !isKnown;
        return isKnown;
      },
      algorithms: { serverHostKey: target.hostKeys.flatMap((known) => SIGNATURES[known.split(' ')[0] ?? ''] ?? []) },
      readyTimeout: 0,
      ...KEEPALIVE,
    });
    // Now, as the socket does not flow yet.
    socket.on('data', (bytes: Buffer) => this.#watch(bytes));
  }

  /**
   * GUEST_SSH_SILENT if nobody answers as an ssh server within `timeoutMs`, GUEST_SSH_HOST_KEY_WRONG, GUEST_SSH_LOGIN_REFUSED, or
   * GUEST_SSH_INVALID; the socket is destroyed then.
   */
  static async open(target: SshTarget, timeoutMs: number): Promise<SshConnection> {
    const late = AbortSignal.timeout(timeoutMs);
    const socket = connect({ host: target.host, port: target.port });
    socket.setNoDelay(true);
    try {
      await once(socket, 'connect', { signal: late });
    } catch (error) {
      socket.destroy();
      throw silent(late.aborted ? 'its port does not answer' : 'nothing listens at its port', error);
    }
    const connection = new SshConnection(socket, target);
    try {
      await unlessAborted(connection.#ready.promise, late);
      return connection;
    } catch (error) {
      if (error instanceof GuestError) throw error;
      const why = silent('its ssh server does not let anybody in in time', error);
      connection.close(why);
      throw why;
    }
  }

  /** Resolves, never rejects, with why it ended. */
  get closed(): Promise<GuestError> {
    return this.#closed.promise;
  }

  get isIdle(): boolean {
    return this.#running.size + this.#waiting.length === 0;
  }

  /** What its server says it is. */
  get isWindows(): boolean {
    return /^SSH-2\.0-OpenSSH_for_Windows/m.test(this.#greeting);
  }

  /** As of a {@link GuestChannel}; its `user`, if there is one, must be the one that logged in. */
  exec(request: ExecRequest): SshCommand {
    const command: SshCommand = new SshCommand(request, this.isWindows, () => this.#over(command));
    if (this.#failure) command.end(this.#failure);
    else if (request.terminal || request.isBuiltIn) command.end(refused(EOPNOTSUPP, 'not over ssh'));
    else if (request.user !== undefined && request.user !== this.user) {
      command.end(refused(EOPNOTSUPP, `over ssh it runs as ${this.user}`));
    } else if (this.#running.size + this.#waiting.length >= MOST_COMMANDS) {
      command.end(refused(EAGAIN, 'too many commands at once'));
    } else {
      this.#waiting.push(command);
      this.#startNext();
    }
    return command;
  }

  /** Ends all its commands with `why`. A command's watcher in the guest then kills it. */
  close(why = new GuestError('GUEST_CHANNEL_CLOSED', 'the connection to the guest was closed')): void {
    this.#end(why);
  }

  #startNext(): void {
    while (!this.#failure && this.#running.size < this.#mostChannels) {
      const command = this.#waiting.shift();
      if (!command) return;
      const { line } = command;
      this.#running.add(command);
      if (line === null) command.end(refused(EOPNOTSUPP, 'not a line for the shell of Windows'));
      else this.#openFor(command, line);
    }
  }

  #openFor(command: SshCommand, line: string): void {
    const failed = (error: Error) => this.#notOpened(command, error);
    try {
      this.#client.exec(line, (error, channel) => {
        // It was given up meanwhile.
        if (!error && command.isOver) channel.close();
        else if (error) failed(error);
        else command.take(channel);
      });
    } catch (error) {
      failed(error as Error);
    }
  }

  /** A server with fewer channels than we ask for: this one waits until another has ended. */
  #notOpened(command: SshCommand, error: Error): void {
    if (command.isOver) return;
    const others = this.#running.size - 1;
    if (this.#failure === null && others > 0) {
      this.#mostChannels = others;
      this.#running.delete(command);
      this.#waiting.unshift(command);
      return;
    }
    const refusal = new GuestError('GUEST_REFUSED_COMMAND', `it opens no channel: ${said(error)}`, { cause: error });
    command.end(this.#failure ?? refusal);
  }

  #over(command: SshCommand): void {
    const at = this.#waiting.indexOf(command);
    if (at !== -1) this.#waiting.splice(at, 1);
    if (!this.#running.delete(command) && at === -1) return;
    this.#startNext();
    if (this.isIdle && !this.#failure) this.onIdle();
  }

  #watch(bytes: Buffer): void {
    if (!this.#isReady) {
      this.#greeting += bytes.toString('latin1');
      if (this.#greeting.length > MOST_GREETING_BYTES) this.#end(invalid('it sends without end before the login'));
      return;
    }
    this.#quietBytes = this.isIdle ? this.#quietBytes + bytes.length : 0;
    if (this.#quietBytes > MOST_QUIET_BYTES) this.#end(invalid('it sends without end, and nothing runs'));
    const isTooMuch = [...this.#running].some(({ bufferedBytes }) => bufferedBytes > MOST_BUFFERED_BYTES);
    if (isTooMuch) this.#end(invalid('it sends more than it may'));
  }

  #whyEnded(): GuestError {
    const problem = this.#lastProblem;
    const options = { cause: problem };
    if (this.#isRefusedKey || problem?.message.includes('no matching host key') === true) {
      return new GuestError('GUEST_SSH_HOST_KEY_WRONG', 'it has another host key', options);
    }
    if (problem?.level === 'client-authentication') {
      return new GuestError('GUEST_SSH_LOGIN_REFUSED', `it does not let ${this.user} in`, options);
    }
    const code: GuestErrorCode = this.#isReady ? 'GUEST_CHANNEL_CLOSED' : 'GUEST_SSH_SILENT';
    if (!problem) return new GuestError(code, 'the guest closed the ssh connection');
    if (problem.level === 'client-timeout') return new GuestError(code, 'the guest no longer answers', options);
    const hasGreeted = /^SSH-/m.test(this.#greeting);
    const isOdd = problem.level === undefined || (hasGreeted && ['handshake', 'protocol'].includes(problem.level));
    return new GuestError(isOdd ? 'GUEST_SSH_INVALID' : code, said(problem), options);
  }

  #end(failure: GuestError): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#ready.reject(failure);
    for (const command of [...this.#running, ...this.#waiting]) command.end(failure);
    this.#running.clear();
    this.#waiting.length = 0;
    this.#socket.destroy();
    this.#closed.resolve(failure);
  }
}

function said(error: Error): string {
  return visible(error.message).slice(0, 200);
}

function silent(text: string, cause: unknown): GuestError {
  return new GuestError('GUEST_SSH_SILENT', text, { cause });
}

function invalid(text: string): GuestError {
  return new GuestError('GUEST_SSH_INVALID', text);
}

function refused(errno: number, text: string): GuestError {
  return new GuestError('GUEST_REFUSED_COMMAND', text, { errno });
}
