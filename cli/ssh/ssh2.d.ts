// The part of ssh2 that the tests' server uses; the package brings no types.
declare module 'ssh2' {
  import type { EventEmitter } from 'node:events';
  import type { AddressInfo } from 'node:net';

  export interface AuthContext {
    method: string;
    username: string;
    key?: { algo: string; data: Buffer };
    signature?: Buffer;
    accept(): void;
    reject(methods?: string[]): void;
  }
  export interface ServerChannel {
    write(text: string): void;
    readonly stderr: { write(text: string): void };
    exit(code: number): void;
    end(): void;
  }
  export interface Session extends EventEmitter {
    on(
      event: 'exec',
      listener: (accept: () => ServerChannel, reject: () => void, info: { command: string }) => void,
    ): this;
  }
  export interface Connection extends EventEmitter {
    on(event: 'authentication', listener: (context: AuthContext) => void): this;
    on(event: 'session', listener: (accept: () => Session) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
  export const utils: { generateKeyPairSync(type: 'ed25519'): { private: string; public: string } };
  export class Server extends EventEmitter {
    constructor(config: { hostKeys: string[] }, onConnection: (connection: Connection) => void);
    listen(port: number, host: string, done: () => void): this;
    address(): AddressInfo;
    close(done: () => void): this;
  }
}
