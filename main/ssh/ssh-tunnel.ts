// A way over ssh to ports and unix sockets of another computer: one ssh connection, opened when first needed and again when it broke,
// carries all channels. Who answers is proven before anything is sent.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="../../client/node/ssh2.d.ts" />
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { TtError } from '@tt/protocol';
import ssh2, { type Client, type ClientChannel, type LoginConfig } from 'ssh2';
import type { HostKeys } from './host-keys.ts';
import { keyFingerprint, type KnownKeys, keyType, type KeyVerdict, verdictOn } from './known-hosts.ts';
import type { FarPlace } from './far-place.ts';
import { type Hop, type HopOptions, hopsOf } from './ssh-hops.ts';
import { loginConfig } from './ssh-login.ts';
import { serverText, type SshRoute, type SshServer } from './ssh-route.ts';

export interface SshTunnelOptions extends HopOptions {
  route: SshRoute;
  hostKeys: HostKeys;
  /** Fingerprints of host keys that the user compared and accepts; only for servers of which nothing is known. */
  accepted?: readonly string[];
}

const TIMEOUT_MS = 15_000;
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };
/** What a host key may sign with, by its type: keys that are known are asked for first. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

type Way = Pick<Hop, 'server' | 'knownHostsFiles'> & { login: LoginConfig };

export class SshTunnel {
  readonly #options: SshTunnelOptions;
  readonly #clients = new Set<Client>();
  #opening: Promise<Client> | null = null;
  #isClosed = false;

  constructor(options: SshTunnelOptions) {
    this.#options = options;
  }

  /**
   * A connection to a port at 127.0.0.1 of the server, or to a unix socket there. Rejects with SSH_UNREACHABLE, SSH_SERVER_UNKNOWN,
   * SSH_SERVER_CHANGED, SSH_LOGIN_REFUSED, SSH_PORT_REFUSED, SSH_SOCKET_REFUSED, and as `hopsOf` and `loginConfig` do.
   */
  async dial(place: FarPlace): Promise<Duplex> {
    const client = await this.#client();
    const server = serverText(this.#options.route.server);
    if (typeof place === 'string') {
      return forwardToSocket(client, place).catch((cause: unknown) => {
        throw new TtError('SSH_SOCKET_REFUSED', { server, file: place }, { cause });
      });
    }
    return forward(client, place, '127.0.0.1').catch((cause: unknown) => {
      throw new TtError('SSH_PORT_REFUSED', { server, port: place }, { cause });
    });
  }

  /** Ends it and all its channels. */
  close(): void {
    this.#isClosed = true;
    this.#opening = null;
    for (const client of this.#clients) client.end();
    this.#clients.clear();
  }

  #client(): Promise<Client> {
    if (this.#opening) return this.#opening;
    const opening = this.#open();
    const forget = () => {
      if (this.#opening === opening) this.#opening = null;
    };
    opening.then((client) => client.on('close', forget), forget);
    this.#opening = opening;
    return opening;
  }

  async #open(): Promise<Client> {
    const hops = await hopsOf(this.#options.route, this.#options);
    const ways = await Promise.all(
      hops.map(async (hop) => ({ ...hop, login: await loginConfig(hop.login, hop.agent) })),
    );
    const entered: Client[] = [];
    try {
      for (const way of ways) {
        const before = entered.at(-1);
        const sock = await (before ? throughTo(before, way.server) : tcpTo(way.server));
        const client = await this.#enter(way, sock);
        client.on('close', () => before?.end());
        entered.push(client);
      }
      const last = entered.at(-1);
      if (!last) throw new Error('a way without a server');
      return last;
    } catch (error) {
      for (const client of entered) client.end();
      throw error;
    }
  }

  async #enter({ server, login, knownHostsFiles }: Way, sock: Duplex): Promise<Client> {
    const { hostKeys, accepted = [] } = this.#options;
    const known = await hostKeys.of(server, knownHostsFiles);
    const client = new ssh2.Client();
    const ready = Promise.withResolvers<void>();
    const seen: { refused: TtError | null; accepted: Buffer | null } = { refused: null, accepted: null };
    client.on('ready', () => ready.resolve());
    client.on('error', (error) => ready.reject(seen.refused ?? failureOf(error, server)));
    client.on('close', () => {
      this.#clients.delete(client);
      ready.reject(seen.refused ?? new TtError('SSH_UNREACHABLE', { server: serverText(server) }));
    });
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) => {
      // One question without echo is for the password; anything else is not answered.
      const isPassword = prompts.length === 1 && prompts[0]?.echo === false;
      finish(isPassword && login.password !== undefined ? [login.password] : []);
    });
    this.#clients.add(client);
    try {
      client.connect({
        sock,
        username: server.user,
        ...login,
        hostVerifier: (key) => {
          const verdict = verdictOn(known, key);
          if (verdict === 'unknown' && accepted.includes(keyFingerprint(key))) seen.accepted = Buffer.from(key);
          else if (verdict !== 'known') seen.refused = refusalOf(server, key, verdict);
          return seen.refused === null;
        },
        algorithms: { serverHostKey: signaturesFor(known) },
        readyTimeout: TIMEOUT_MS,
        // A server of another kind says itself what it can't do.
        strictVendor: false,
        ...KEEPALIVE,
      });
      await ready.promise;
      if (seen.accepted) await hostKeys.add(server, seen.accepted);
      if (this.#isClosed) throw new TtError('SSH_UNREACHABLE', { server: serverText(server) });
      return client;
    } catch (error) {
      client.end();
      sock.destroy();
      throw error;
    }
  }
}

/** Those of known keys first, so that a server that has several shows one that is known. */
function signaturesFor({ keys }: KnownKeys): string[] {
  const known = new Set(keys.flatMap(({ type }) => SIGNATURES[type] ?? []));
  const others = Object.values(SIGNATURES).flat();
  return [...known, ...others.filter((name) => !known.has(name))];
}

function refusalOf(server: SshServer, key: Buffer, verdict: KeyVerdict): TtError {
  const data = { server: serverText(server), keyType: keyType(key), fingerprint: keyFingerprint(key) };
  return verdict === 'unknown' ? new TtError('SSH_SERVER_UNKNOWN', data) : new TtError('SSH_SERVER_CHANGED', data);
}

function failureOf(error: Error & { level?: string }, server: SshServer): TtError {
  const text = serverText(server);
  return error.level === 'client-authentication'
    ? new TtError('SSH_LOGIN_REFUSED', { user: server.user, server: text }, { cause: error })
    : new TtError('SSH_UNREACHABLE', { server: text }, { cause: error });
}

/** The next server, from one that was entered. */
function throughTo(client: Client, server: SshServer): Promise<Duplex> {
  return forward(client, server.port, server.host).catch((cause: unknown) => {
    throw new TtError('SSH_UNREACHABLE', { server: serverText(server) }, { cause });
  });
}

async function tcpTo(server: SshServer): Promise<Duplex> {
  const socket = connect({ host: server.host, port: server.port });
  socket.setNoDelay(true);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return socket;
  } catch (cause) {
    socket.destroy();
    throw new TtError('SSH_UNREACHABLE', { server: serverText(server) }, { cause });
  }
}

function forward(client: Client, port: number, host: string): Promise<Duplex> {
  return channelBy((done) => client.forwardOut('127.0.0.1', 0, host, port, done));
}

function forwardToSocket(client: Client, file: string): Promise<Duplex> {
  return channelBy((done) => client.openssh_forwardOutStreamLocal(file, done));
}

function channelBy(ask: (done: (error: Error | undefined, channel: ClientChannel) => void) => void): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    try {
      ask((error, channel) => (error ? reject(error) : resolve(asSocket(channel))));
    } catch (error) {
      reject(error);
    }
  });
}

/** Node’s HTTP client calls these of what it takes for a TCP socket. */
function asSocket(channel: ClientChannel): Duplex {
  const socket = channel as unknown as Duplex;
  const nothing = () => socket;
  return Object.assign(socket, {
    setKeepAlive: nothing,
    setNoDelay: nothing,
    setTimeout: nothing,
    ref: nothing,
    unref: nothing,
    destroySoon: () => socket.destroy(),
  });
}
