// Over OpenSSH’s own server: a name of ~/.ssh/config, a port and a unix socket there, and a server that allows neither.
// @module-tag real
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { redeemCode } from '@tt/client/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { until } from '../../agent/testing/until.ts';
import { hostKeysIn } from './host-keys.ts';
import { sshConfigOf } from './ssh-config.ts';
import { SshTunnel } from './ssh-tunnel.ts';
import { testKeyPair } from '../../client/node/test-keys.ts';

/** Of the package openssh-server, or one that was unpacked elsewhere. */
const sshd = process.env['TT_SSHD'] ?? '/usr/sbin/sshd';
const isThere = existsSync(sshd);
/** As root it needs a user of its own that only its package makes; without root it lets in only who started it. */
const login = userInfo().uid === 0 ? { name: 'nobody', uid: 65_534, gid: 65_534 } : null;
const MOST_MS = 120_000;
const START_MS = 60_000;

describe.skipIf(!isThere)(`OpenSSH${isThere ? '' : ' (skipped: the package openssh-server is not installed)'}`, () => {
  let folder = '';
  let port = 0;
  let ended: Promise<unknown>;
  let agent: Server;
  let tunnel: SshTunnel;
  const ending = new AbortController();
  const socketFile = () => path.join(folder, 'agent.sock');

  async function start(settings: readonly string[]): Promise<void> {
    const [host, user] = [testKeyPair(), testKeyPair()];
    port = await freePort();
    const files: Record<string, string> = {
      host_key: host.private,
      authorized: user.public,
      sshd_config: [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${folder}/host_key`,
        `AuthorizedKeysFile ${folder}/authorized`,
        'PidFile none',
        // Without it, and without root, accounts count as locked.
        'UsePAM yes',
        'StrictModes no',
        ...settings,
      ].join('\n'),
    };
    for (const [name, text] of Object.entries(files))
      await writeFile(path.join(folder, name), `${text}\n`, { mode: 0o600 });
    if (login)
      for (const name of ['', ...Object.keys(files)]) await chown(path.join(folder, name), login.uid, login.gid);
    ended = runCommand(sshd, ['-D', '-e', '-f', path.join(folder, 'sshd_config')], {
      timeoutMs: MOST_MS,
      signal: ending.signal,
      ...(login && { user: login }),
    }).catch((error: unknown) => error);
    await until(
      'sshd answers',
      async () => {
        const socket = connect(port, '127.0.0.1');
        const isUp = await once(socket, 'connect').then(
          () => true,
          () => false,
        );
        socket.destroy();
        return isUp;
      },
      START_MS,
    );
    // What a user has: a key, the key of the server, and a name for it.
    const ssh = path.join(folder, 'home', '.ssh');
    await mkdir(ssh, { recursive: true });
    await writeFile(path.join(ssh, 'id_ed25519'), user.private, { mode: 0o600 });
    await writeFile(path.join(ssh, 'known_hosts'), `[127.0.0.1]:${port} ${host.public}\n`);
    await writeFile(
      path.join(ssh, 'config'),
      `Host build1\n  HostName 127.0.0.1\n  Port ${port}\n  User ${login?.name ?? userInfo().username}\n`,
    );
    const homeDirectory = path.join(folder, 'home');
    tunnel = new SshTunnel({
      route: {
        server: { user: '', host: 'build1', port: 0 },
        jump: null,
        login: { kind: 'key', file: '', passphrase: '' },
      },
      hostKeys: hostKeysIn({ own: path.join(folder, 'own'), user: path.join(ssh, 'known_hosts') }),
      config: sshConfigOf({ homeDirectory, userName: 'me' }),
      agent: { socket: undefined },
      homeDirectory,
      userName: 'me',
    });
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tt-openssh-'));
    agent = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ secret: 'of the session' }));
    });
  });
  afterEach(async () => {
    tunnel.close();
    agent.closeAllConnections();
    await new Promise((resolve) => agent.close(resolve));
    ending.abort();
    await ended;
    await rm(folder, { recursive: true });
  });

  it('leads to a port and, for those who may open it, to a unix socket', async () => {
    await start([]);
    agent.listen(socketFile());
    await once(agent, 'listening');
    await chmod(socketFile(), 0o600);
    const ask = () =>
      redeemCode({ url: `unix:${socketFile()}`, authority: null, dial: () => tunnel.dial(socketFile()) }, 'code');
    if (login) await expect(ask()).rejects.toMatchObject({ code: 'SSH_SOCKET_REFUSED', data: { server: 'build1' } });
    await chmod(socketFile(), 0o666);
    expect(await ask()).toBe('of the session');
    const plain = createTcpServer((socket) => void socket.end('here')).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const channel = await tunnel.dial((plain.address() as AddressInfo).port);
    expect(String((await once(channel, 'data'))[0])).toBe('here');
    channel.destroy();
    plain.close();
    await expect(tunnel.dial(1)).rejects.toMatchObject({ code: 'SSH_PORT_REFUSED', data: { port: 1 } });
  });
});

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
