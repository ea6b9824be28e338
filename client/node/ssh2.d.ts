// The parts of ssh2 that are used: its client by the agent and the desktop, its server by tests. The package brings no types.
declare module 'ssh2' {
  import type { EventEmitter } from 'node:events';
  import type { AddressInfo, Socket } from 'node:net';
  import type { Duplex, Readable, Writable } from 'node:stream';

  export interface ClientChannel extends Duplex {
    readonly stderr: Readable;
    signal(name: string): void;
    close(): void;
    /** `code` is null for a command that a signal has ended, named like SIGTERM. */
    on(event: 'exit', listener: (code: number | null, signal?: string) => void): this;
    on(event: 'close' | 'end', listener: () => void): this;
    on(event: 'data', listener: (bytes: Buffer) => void): this;
  }
  export interface LoginConfig {
    authHandler: ('publickey' | 'agent' | 'password' | 'keyboard-interactive')[];
    privateKey?: string;
    passphrase?: string;
    /** Path of the agent's socket. */
    agent?: string;
    password?: string;
    tryKeyboard?: boolean;
  }
  export interface ClientConfig extends LoginConfig {
    sock: Duplex;
    username: string;
    hostVerifier: (key: Buffer) => boolean;
    algorithms: { serverHostKey: string[] };
    readyTimeout: number;
    /** Whether extensions of OpenSSH are asked of OpenSSH only. */
    strictVendor?: boolean;
    keepaliveInterval: number;
    keepaliveCountMax: number;
  }
  export class Client extends EventEmitter {
    connect(config: ClientConfig): this;
    exec(command: string, done: (error: Error | undefined, channel: ClientChannel) => void): this;
    /** A connection from the server to another place. */
    forwardOut(
      sourceAddress: string,
      sourcePort: number,
      address: string,
      port: number,
      done: (error: Error | undefined, channel: ClientChannel) => void,
    ): this;
    /** A connection from the server to a unix socket there; needs OpenSSH's extension (`direct-streamlocal@openssh.com`). */
    openssh_forwardOutStreamLocal(
      socketPath: string,
      done: (error: Error | undefined, channel: ClientChannel) => void,
    ): this;
    end(): this;
    on(event: 'ready' | 'close', listener: () => void): this;
    on(
      event: 'keyboard-interactive',
      listener: (
        name: string,
        instructions: string,
        language: string,
        prompts: { prompt: string; echo: boolean }[],
        finish: (answers: string[]) => void,
      ) => void,
    ): this;
    on(event: 'error', listener: (error: Error & { level?: string }) => void): this;
  }

  export interface AuthContext {
    method: string;
    username: string;
    key?: { algo: string; data: Buffer };
    signature?: Buffer;
    password?: string;
    accept(): void;
    reject(methods?: string[]): void;
  }
  export interface ServerChannel extends Duplex {
    readonly stderr: Writable;
    exit(code: number): void;
    exit(signal: string, coreDumped: boolean, message: string): void;
    close(): void;
  }
  export interface Session extends EventEmitter {
    on(
      event: 'exec',
      listener: (accept: () => ServerChannel, reject: () => void, info: { command: string }) => void,
    ): this;
    on(event: 'close', listener: () => void): this;
  }
  export interface Connection extends EventEmitter {
    on(event: 'authentication', listener: (context: AuthContext) => void): this;
    on(event: 'session', listener: (accept: () => Session, reject: () => void) => void): this;
    /** The client wants a connection from here to another place. */
    on(
      event: 'tcpip',
      listener: (accept: () => ServerChannel, reject: () => void, info: { destIP: string; destPort: number }) => void,
    ): this;
    /** The client wants a connection from here to a unix socket. */
    on(
      event: 'openssh.streamlocal',
      listener: (accept: () => ServerChannel, reject: () => void, info: { socketPath: string }) => void,
    ): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'close' | 'ready', listener: () => void): this;
    end(): void;
  }
  export const utils: {
    generateKeyPairSync(
      type: 'ed25519',
      options?: { passphrase: string; cipher: string; rounds: number },
    ): { private: string; public: string };
    /** An Error, not thrown, for what is no key, or is encrypted by another passphrase. */
    parseKey(key: string, passphrase?: string): unknown;
  };
  export class Server extends EventEmitter {
    constructor(
      config: { hostKeys: string[]; banner?: string; ident?: string },
      onConnection: (connection: Connection) => void,
    );
    listen(port: number, host: string, done: () => void): this;
    /** Serves a connection that another server took. */
    injectSocket(socket: Socket): void;
    address(): AddressInfo;
    close(done: () => void): this;
  }
}
