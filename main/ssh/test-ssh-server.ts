// Test support: an ssh server (the ssh2 package) that forwards to ports and unix sockets of this computer, as sshd does.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import ssh2, { type ServerChannel } from 'ssh2';
import type { SshServer } from './ssh-route.ts';
import { testKeyPair } from '../../client/node/test-keys.ts';

export interface TestSshServer {
  readonly server: SshServer;
  /** Public key, in wire form. */
  readonly hostKey: Buffer;
  /** Logins so far, and the ports it was told to connect to. */
  readonly logins: string[];
  readonly ports: number[];
  /** Ends its connections as a network does that breaks. */
  cut(): void;
  close(): Promise<void>;
}

export interface TestSshServerOptions {
  /** Public keys in OpenSSH's form that may log in. */
  keys?: readonly string[];
  password?: string;
}

const dataOf = (publicKey: string) => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

export async function startSshServer(options: TestSshServerOptions = {}): Promise<TestSshServer> {
  const pair = testKeyPair();
  const { keys = [], password } = options;
  const sockets = new Set<Socket>();
  const logins: string[] = [];
  const ports: number[] = [];
  const server = new ssh2.Server({ hostKeys: [pair.private] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) => {
      const isKey = keys.some((key) => context.key?.data.equals(dataOf(key)) === true);
      const isPassword = password !== undefined && context.method === 'password' && context.password === password;
      if (!isKey && !isPassword) return context.reject();
      if (isPassword || context.signature) logins.push(context.username);
      context.accept();
    });
    const forward = (socket: Socket, accept: () => ServerChannel, reject: () => void) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.once('connect', () => {
        socket.off('error', reject);
        const channel = accept();
        socket.on('error', () => channel.close());
        channel.on('error', () => socket.destroy());
        channel.on('close', () => socket.destroy());
        channel.pipe(socket).pipe(channel);
      });
      socket.once('error', reject);
    };
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      ports.push(destPort);
      forward(connect({ host: destIP, port: destPort }), accept, reject);
    });
    client.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
      forward(connect({ path: socketPath }), accept, reject);
    });
  });
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    server: { user: 'kim', host: '127.0.0.1', port: (listener.address() as AddressInfo).port },
    hostKey: dataOf(pair.public),
    logins,
    ports,
    cut,
    async close() {
      cut();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
