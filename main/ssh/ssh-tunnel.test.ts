// Over a real ssh server (the ssh2 package): who is let in, whom the desktop believes, and the agent's own calls through it.
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { redeemCode } from '@tt/client/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hostKeysIn } from './host-keys.ts';
import { keyFingerprint, knownLine } from './known-hosts.ts';
import type { SshLogin } from './ssh-route.ts';
import { SshTunnel, type SshTunnelOptions } from './ssh-tunnel.ts';
import { sshConfigOf } from './ssh-config.ts';
import { testKeyPair } from '../../client/node/test-keys.ts';
import { startSshServer, type TestSshServer } from './test-ssh-server.ts';

const userKey = testKeyPair();
/** A port at which nothing ever listens. */
const NOBODY = 1;
const byPassword: SshLogin = { kind: 'password', password: 'right' };
let folder = '';
let far: TestSshServer;
let gate: TestSshServer;
let agent: HttpServer;
let port = 0;
const tunnels: SshTunnel[] = [];

beforeAll(async () => {
  far = await startSshServer({ keys: [userKey.public], password: 'right' });
  gate = await startSshServer({ password: 'right' });
  agent = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ secret: 'of the session' }));
  }).listen(0, '127.0.0.1');
  await once(agent, 'listening');
  ({ port } = agent.address() as AddressInfo);
});
afterAll(async () => {
  await Promise.all([far.close(), gate.close()]);
  agent.closeAllConnections();
  await new Promise((resolve) => agent.close(resolve));
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tt-tunnel-'));
});
afterEach(async () => {
  for (const tunnel of tunnels.splice(0)) tunnel.close();
  await rm(folder, { recursive: true });
});

const own = () => path.join(folder, 'own', 'known_hosts');
const user = () => path.join(folder, 'known_hosts');

function tunnelTo(login: SshLogin, more: Partial<SshTunnelOptions> & { jump?: TestSshServer } = {}): SshTunnel {
  const { jump, ...options } = more;
  const tunnel = new SshTunnel({
    route: { server: far.server, jump: jump?.server ?? null, login },
    hostKeys: hostKeysIn({ own: own(), user: user() }),
    agent: { socket: undefined },
    config: sshConfigOf({ homeDirectory: folder, userName: 'kim' }),
    homeDirectory: folder,
    userName: 'kim',
    accepted: [keyFingerprint(far.hostKey), keyFingerprint(gate.hostKey)],
    ...options,
  });
  tunnels.push(tunnel);
  return tunnel;
}

/** A call of the client's own code over the tunnel. */
const call = (tunnel: SshTunnel) =>
  redeemCode({ url: `http://127.0.0.1:${port}`, authority: null, dial: () => tunnel.dial(port) }, 'code');

describe('a tunnel', () => {
  it('carries calls to a port of the server, several over one login', async () => {
    const tunnel = tunnelTo(byPassword);
    const before = far.logins.length;
    expect(await Promise.all([call(tunnel), call(tunnel)])).toEqual(['of the session', 'of the session']);
    expect(far.logins.slice(before)).toEqual(['kim']);
    expect(far.ports.at(-1)).toBe(port);
  });

  it('is opened again after its connection broke', async () => {
    const tunnel = tunnelTo(byPassword);
    const channel = await tunnel.dial(port);
    const gone = once(channel, 'close');
    channel.resume();
    far.cut();
    await gone;
    expect(await call(tunnel)).toBe('of the session');
  });

  it('goes through another server, which is proven too', async () => {
    const before = gate.ports.length;
    expect(await call(tunnelTo(byPassword, { jump: gate }))).toBe('of the session');
    expect(gate.ports.slice(before)).toEqual([far.server.port]);
    const unknown = tunnelTo(byPassword, {
      jump: gate,
      accepted: [keyFingerprint(far.hostKey)],
      hostKeys: hostKeysIn({ own: path.join(folder, 'none'), user: user() }),
    });
    await expect(unknown.dial(port)).rejects.toMatchObject({
      code: 'SSH_SERVER_UNKNOWN',
      data: { fingerprint: keyFingerprint(gate.hostKey) },
    });
  });

  it('logs in by a key file, with its passphrase', async () => {
    const file = path.join(folder, 'id');
    await writeFile(file, userKey.private);
    expect(await call(tunnelTo({ kind: 'key', file, passphrase: '' }))).toBe('of the session');
    const sealed = testKeyPair({ passphrase: 'words', cipher: 'aes256-ctr', rounds: 1 });
    await writeFile(file, sealed.private);
    for (const passphrase of ['', 'others']) {
      const refused = tunnelTo({ kind: 'key', file, passphrase }).dial(port);
      await expect(refused).rejects.toMatchObject({ code: 'SSH_KEY_UNUSABLE', data: { file } });
    }
    // Readable now, but no key that this server takes.
    await expect(tunnelTo({ kind: 'key', file, passphrase: 'words' }).dial(port)).rejects.toMatchObject({
      code: 'SSH_LOGIN_REFUSED',
    });
    await expect(tunnelTo({ kind: 'key', file: `${file}-not`, passphrase: '' }).dial(port)).rejects.toMatchObject({
      code: 'SSH_KEY_UNUSABLE',
    });
  });

  it('needs an ssh agent if it logs in by one', async () => {
    await expect(tunnelTo({ kind: 'agent' }).dial(port)).rejects.toMatchObject({ code: 'SSH_AGENT_MISSING' });
  });

  it('says who is not let in, and offers no other login', async () => {
    const refused = tunnelTo({ kind: 'password', password: 'wrong' }).dial(port);
    await expect(refused).rejects.toMatchObject({ code: 'SSH_LOGIN_REFUSED', data: { user: 'kim' } });
    await expect(refused).rejects.not.toThrow('wrong');
  });

  it('says that nobody listens there: at the server, or as the server', async () => {
    await expect(tunnelTo(byPassword).dial(NOBODY)).rejects.toMatchObject({
      code: 'SSH_PORT_REFUSED',
      data: { port: NOBODY },
    });
    const route = { server: { ...far.server, port: NOBODY }, jump: null, login: byPassword };
    await expect(tunnelTo(byPassword, { route }).dial(port)).rejects.toMatchObject({ code: 'SSH_UNREACHABLE' });
  });
});

describe('host keys', () => {
  it('that nobody knows are shown before anything is sent, and kept once they are accepted', async () => {
    const before = far.logins.length;
    await expect(tunnelTo(byPassword, { accepted: [] }).dial(port)).rejects.toMatchObject({
      code: 'SSH_SERVER_UNKNOWN',
      data: { keyType: 'ssh-ed25519', fingerprint: keyFingerprint(far.hostKey) },
    });
    expect(far.logins).toHaveLength(before);
    await tunnelTo(byPassword).dial(port);
    expect(await readFile(own(), 'utf8')).toBe(knownLine(far.server, far.hostKey));
    // Known from now on.
    await tunnelTo(byPassword, { accepted: [] }).dial(port);
    expect(await readFile(own(), 'utf8')).toBe(knownLine(far.server, far.hostKey));
  });

  it('that the user’s own file knows need no question, and the file stays as it is', async () => {
    const text = knownLine(far.server, far.hostKey);
    await writeFile(user(), text);
    await tunnelTo(byPassword, { accepted: [] }).dial(port);
    expect(await readFile(user(), 'utf8')).toBe(text);
    await expect(readFile(own(), 'utf8')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that have changed end it, whatever was accepted', async () => {
    const before = far.logins.length;
    await writeFile(user(), knownLine(far.server, gate.hostKey));
    await expect(tunnelTo(byPassword).dial(port)).rejects.toMatchObject({
      code: 'SSH_SERVER_CHANGED',
      data: { fingerprint: keyFingerprint(far.hostKey) },
    });
    expect(far.logins).toHaveLength(before);
  });
});

describe('a name of ~/.ssh/config', () => {
  const byKey: SshLogin = { kind: 'key', file: '', passphrase: '' };
  const named = (host: string) => ({ server: { user: '', host, port: 0 }, jump: null, login: byKey });
  const jumpByPassword = (host: string) => ({ ...named(host), login: byPassword });

  async function write(lines: readonly string[]): Promise<void> {
    await mkdir(path.join(folder, '.ssh'), { recursive: true });
    await writeFile(path.join(folder, '.ssh', 'config'), `${lines.join('\n')}\n`);
  }

  it('leads to its server, with its user, port, key, known hosts and jump host', async () => {
    const file = path.join(folder, 'lab_key');
    await writeFile(file, userKey.private);
    await writeFile(
      path.join(folder, 'lab_hosts'),
      knownLine(far.server, far.hostKey) + knownLine(gate.server, gate.hostKey),
    );
    const at = [`  HostName 127.0.0.1`, `  UserKnownHostsFile ${folder}/lab_hosts`];
    await write(['Host build1', ...at, `  Port ${far.server.port}`, '  User kim', `  IdentityFile ${file}`]);
    const before = far.logins.length;
    expect(await call(tunnelTo(byKey, { route: named('build1'), accepted: [] }))).toBe('of the session');
    expect(far.logins.slice(before)).toEqual(['kim']);
    const gatesBefore = gate.ports.length;
    await write([
      'Host build1',
      ...at,
      `  Port ${far.server.port}`,
      '  ProxyJump gate',
      'Host gate',
      ...at,
      `  Port ${gate.server.port}`,
    ]);
    expect(await call(tunnelTo(byPassword, { route: jumpByPassword('build1'), accepted: [] }))).toBe('of the session');
    expect(gate.ports.slice(gatesBefore)).toEqual([far.server.port]);
  });

  it('is refused where that says what is not supported; a server in full is not looked up', async () => {
    await write(['Host *', 'ProxyCommand nc %h %p']);
    await expect(tunnelTo(byKey, { route: named('build1') }).dial(port)).rejects.toMatchObject({
      code: 'SSH_CONFIG_UNSUPPORTED',
      data: { keyword: 'ProxyCommand', host: 'build1' },
    });
    expect(await call(tunnelTo(byPassword))).toBe('of the session');
  });

  it('that leads in a circle ends, and so does one without a key', async () => {
    await write(['Host a', 'ProxyJump b', 'Host b', 'ProxyJump a']);
    await expect(tunnelTo(byPassword, { route: jumpByPassword('a') }).dial(port)).rejects.toMatchObject({
      code: 'SSH_UNREACHABLE',
    });
    await write([`IdentityFile ${folder}/not-there`]);
    await expect(tunnelTo(byKey, { route: named('h') }).dial(port)).rejects.toMatchObject({
      code: 'SSH_KEY_UNUSABLE',
      data: { file: `${folder}/not-there` },
    });
    await write(['IdentityAgent none']);
    const byAgent = { ...named('h'), login: { kind: 'agent' } as const };
    await expect(
      tunnelTo(byPassword, { route: byAgent, agent: { socket: '/there' } }).dial(port),
    ).rejects.toMatchObject({
      code: 'SSH_AGENT_MISSING',
    });
  });
});

describe('a unix socket', () => {
  it('of the server is reached like a port, and who may not open it is told so', async () => {
    const file = path.join(folder, 'agent.sock');
    const listener = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ secret: 'by the socket' }));
    }).listen(file);
    await once(listener, 'listening');
    const tunnel = tunnelTo(byPassword);
    const place = { url: `unix:${file}`, authority: null, dial: () => tunnel.dial(file) };
    expect(await redeemCode(place, 'code')).toBe('by the socket');
    listener.closeAllConnections();
    await new Promise((resolve) => listener.close(resolve));
    await expect(tunnel.dial(file)).rejects.toMatchObject({ code: 'SSH_SOCKET_REFUSED', data: { file } });
  });
});
