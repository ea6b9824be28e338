// All connections of the desktop: the agent of this computer and the servers that were added, several open at once. Which there
// are, which one is shown, and what of that is remembered; each keeps its own link (connection.ts).
import {
  connectNode,
  type ConnectOptions,
  logInByBrowser,
  logInByPassword,
  readFingerprint,
  redeemCode,
  settleTrust,
} from '@tt/client/node';
import { TtError } from '@tt/protocol';
import { farPlaceOf } from '../ssh/far-place.ts';
import { serverText, type SshRoute, type SshServer } from '../ssh/ssh-route.ts';
import type { SshTunnel } from '../ssh/ssh-tunnel.ts';
import { answerOf, Connection, type ConnectionOptions } from './connection.ts';
import {
  type ConnectionColor,
  connectionColors,
  type ConnectionsView,
  type ConnectionView,
  failureOf,
  PRIVATE_ID,
} from './connection-state.ts';
import { watchAgentFile } from './home-watch.ts';
import type { PrivateAgentKeeper } from './private-agent.ts';
import {
  type ConnectionMemory,
  type ImportedServer,
  MAX_NAME_LENGTH,
  MOST_SERVERS,
  type SavedConnections,
  type SavedServer,
  type SavedSsh,
} from './saved-connections.ts';
import { serverAddress } from './server-address.ts';
import { tokenFor, type WayIn, type WaysIn } from './way-in.ts';

export interface ConnectionsOptions {
  home: string;
  keeper: Pick<PrivateAgentKeeper, 'find' | 'findOrStart' | 'end'>;
  memory: Pick<ConnectionMemory, 'load' | 'keep'>;
  onChange: (view: ConnectionsView) => void;
  /** Defaults: client/node's; tests give their own. */
  connect?: typeof connectNode;
  trust?: typeof settleTrust;
  waysIn?: Partial<WaysIn>;
  /** Shows an address in the system's browser. */
  openPage: WaysIn['openPage'];
  /** Opens a way over ssh. */
  tunnel: (route: SshRoute, accepted: readonly string[]) => Pick<SshTunnel, 'dial' | 'close'>;
  /** See {@link ConnectionOptions}. */
  times?: Pick<ConnectionOptions, 'backoffMs' | 'lookEveryMs'>;
}

/** A server as somebody adds it. */
export interface NewServer {
  /** As typed, or a join link, which needs no token. */
  address: string;
  token: string;
  /** Another way to a token; absent: that one. */
  wayIn?: WayIn | undefined;
  /** The authority of the server as the user compared it and accepts; null: nothing was compared. */
  fingerprint: string | null;
  /** The way to an agent at a loopback address or unix socket of another computer; null: not over ssh. */
  ssh: SshRoute | null;
  /** Fingerprints of ssh host keys that the user compared and accepts. */
  sshKeys: readonly string[];
  /** Empty: the host of the address. */
  name: string;
  /** null: the first that no other connection has. */
  color: ConnectionColor | null;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  #saved: SavedConnections;
  readonly #private: Connection;
  readonly #servers = new Map<string, Connection>();
  /** Of servers over ssh, from when they are first reached. */
  readonly #tunnels = new Map<string, ReturnType<ConnectionsOptions['tunnel']>>();
  #unwatch: (() => void) | null = null;
  #offered: ConnectionsView['offered'] = null;
  /** Ends a login that waits for the browser: the next one, or the end of the app. */
  #adding = new AbortController();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#saved = options.memory.load();
    this.#private = this.#connectionTo('http://127.0.0.1', ({ isAsked }) => this.#reachPrivate(isAsked));
    for (const { id, url } of this.#saved.servers) this.#makeServer(id, url);
  }

  view(): ConnectionsView {
    const { servers, privateColor, defaultId, shownId } = this.#saved;
    const own: ConnectionView = {
      id: PRIVATE_ID,
      kind: 'private',
      name: '',
      color: privateColor,
      address: null,
      authority: null,
      ssh: null,
      isDefault: defaultId === PRIVATE_ID,
      link: this.#private.state,
    };
    const others = servers.map(
      ({ id, name, color, url, authority, ssh }): ConnectionView => ({
        id,
        kind: 'server',
        name,
        color,
        address: url,
        authority,
        ssh: ssh && { server: ssh.server, jump: ssh.jump, login: ssh.login, keyFile: ssh.keyFile },
        isDefault: defaultId === id,
        link: this.of(id).state,
      }),
    );
    return { connections: [own, ...others], shown: shownId, offered: this.#offered };
  }

  /** Throws CONNECTION_UNKNOWN. */
  of(id: string): Connection {
    const found = id === PRIVATE_ID ? this.#private : this.#servers.get(id);
    if (!found) throw new TtError('CONNECTION_UNKNOWN', { id });
    return found;
  }

  /** Something says that it may be broken: it is looked at now. One that is gone needs no look. */
  look(id: string): void {
    if (id === PRIVATE_ID) this.#private.look();
    else this.#servers.get(id)?.look();
  }

  /** At the start: all servers, and an agent that already runs here. An agent is started only if it is the one to be shown. */
  async start(): Promise<void> {
    const { defaultId, shownId } = this.#saved;
    const first = defaultId ?? shownId;
    for (const connection of this.#servers.values()) void connection.open();
    // What keeps it from being found is said by its state.
    const isThere = await this.#options.keeper.find().then(
      (agent) => agent !== null,
      () => true,
    );
    this.#saved = { ...this.#saved, shownId: first ?? (isThere ? PRIVATE_ID : null) };
    if (isThere || first === PRIVATE_ID) void this.#private.open();
    this.#changed();
  }

  /** Shows it, and tries at once if it is a server that is not connected. */
  show(id: string): void {
    const connection = this.of(id);
    this.#keep({ shownId: id });
    if (id !== PRIVATE_ID) void connection.open();
  }

  /** Opens it; the private agent is started if none runs. Resolves with the first that is known of it. */
  async open(id: string): Promise<void> {
    await this.of(id).open();
  }

  /** Ends it until somebody opens it. The private agent itself ends; its VMs keep running. Rejects with AGENT_STILL_RUNNING. */
  async close(id: string): Promise<void> {
    const connection = this.of(id);
    connection.close();
    this.#closeTunnel(id);
    if (id === PRIVATE_ID) await this.#options.keeper.end();
  }

  /**
   * Adds a server once it has answered, and shows it; one with the same address gets the new secrets. Rejects with what is wrong, and
   * nothing has changed then: CONNECTIONS_FULL, SSH_ADDRESS_WRONG, what `serverAddress`, `settleTrust`, `tokenFor` and
   * {@link SshTunnel} reject with, or the answer of the server. One that waits for the browser ends (OPERATION_CANCELLED).
   */
  async add(wanted: NewServer): Promise<void> {
    const { trust = settleTrust, waysIn, openPage, connect = connectNode, tunnel: openTunnel } = this.#options;
    const ways = { redeem: redeemCode, byPassword: logInByPassword, byBrowser: logInByBrowser, openPage, ...waysIn };
    this.#adding.abort();
    this.#adding = new AbortController();
    const { signal } = this.#adding;
    const { ssh } = wanted;
    const { url, code, fingerprint } = serverAddress(wanted.address);
    const far = ssh && farPlaceOf(url);
    const known = this.#serverAt(url, ssh);
    if (!known && this.#saved.servers.length >= MOST_SERVERS)
      throw new TtError('CONNECTIONS_FULL', { max: MOST_SERVERS });
    const accepted = wanted.fingerprint === null ? null : readFingerprint(wanted.fingerprint);
    const authority = await trust(url, { fingerprint: fingerprint ?? accepted, known: known?.authority ?? null });
    const tunnel = ssh && openTunnel(ssh, wanted.sshKeys);
    let token: string;
    try {
      const place = { url, authority, ...(tunnel && far !== null && { dial: () => tunnel.dial(far) }) };
      token = await tokenFor(place, wanted, code, { ways, signal });
      const link = connect({ ...place, token });
      try {
        await answerOf(link, url);
      } finally {
        link.close();
      }
    } finally {
      tunnel?.close();
    }
    this.#put({ url, token, authority, ssh: ssh && savedSsh(ssh) }, wanted);
  }

  /** A link from outside, for the user to decide about; null: what came is none. */
  offer(address: string | null): void {
    this.#offered = address === null ? { failure: failureOf(new TtError('JOIN_LINK_INVALID', {})) } : { address };
    this.#changed();
  }

  /** The user has decided. */
  dismiss(): void {
    this.#offered = null;
    this.#changed();
  }

  /** Adds those that are not there yet; each asks for its secrets. Throws CONNECTIONS_FULL, and has added none then. */
  importServers(imported: readonly ImportedServer[]): void {
    const added = imported.flatMap(({ name, color, address, authority, ssh }): SavedServer[] => {
      const { url } = serverAddress(address);
      if (this.#serverAt(url, ssh)) return [];
      const way = ssh && { ...ssh, secret: ssh.login === 'agent' ? '' : null };
      const id = crypto.randomUUID();
      return [{ id, name: nameOf(name, { url, ssh: way }), color, url, token: null, authority, ssh: way }];
    });
    const servers = [...this.#saved.servers, ...added];
    if (servers.length > MOST_SERVERS) throw new TtError('CONNECTIONS_FULL', { max: MOST_SERVERS });
    for (const { id, url } of added) this.#makeServer(id, url);
    this.#keep({ servers });
    for (const { id } of added) void this.of(id).open();
  }

  /** A new name or colour. An empty name: the host of the address. */
  change(id: string, { name, color }: { name: string; color: ConnectionColor }): void {
    this.of(id);
    if (id === PRIVATE_ID) this.#keep({ privateColor: color });
    else this.#keepServer(id, (server) => ({ ...server, name: nameOf(name, server), color }));
  }

  /** Forgets a server and its secret. */
  remove(id: string): void {
    this.of(id).close();
    this.#closeTunnel(id);
    this.#servers.delete(id);
    const { servers, defaultId, shownId } = this.#saved;
    this.#keep({
      servers: servers.filter((server) => server.id !== id),
      defaultId: defaultId === id ? null : defaultId,
      shownId: shownId === id ? this.#another(id) : shownId,
    });
  }

  /** null: the one that was shown last. */
  setDefault(id: string | null): void {
    if (id !== null) this.of(id);
    this.#keep({ defaultId: id });
  }

  /** At the end of the app. */
  closeAll(): void {
    this.#adding.abort();
    this.#unwatch?.();
    this.#unwatch = null;
    this.#private.close();
    for (const connection of this.#servers.values()) connection.close();
    for (const id of this.#tunnels.keys()) this.#closeTunnel(id);
  }

  /** What is shown when the one that was is gone: one that works. */
  #another(gone: string): string | null {
    const works = (id: string) => id !== gone && this.of(id).state.kind === 'connected';
    return [PRIVATE_ID, ...this.#servers.keys()].find(works) ?? null;
  }

  #put(reached: Pick<SavedServer, 'url' | 'token' | 'authority' | 'ssh'>, { name, color }: NewServer): void {
    const known = this.#serverAt(reached.url, reached.ssh);
    const id = known?.id ?? crypto.randomUUID();
    const { servers } = this.#saved;
    const server: SavedServer = {
      id,
      name: name.trim() === '' && known ? known.name : nameOf(name, reached),
      color: color ?? known?.color ?? this.#freeColor(),
      ...reached,
    };
    const place = known ? servers.indexOf(known) : servers.length;
    this.#servers.get(id)?.close();
    this.#closeTunnel(id);
    this.#makeServer(id, reached.url);
    // What was offered has been decided about.
    this.#offered = null;
    this.#keep({ servers: servers.toSpliced(place, 1, server), shownId: id });
    void this.of(id).open();
  }

  #serverAt(url: string, ssh: { server: SshServer } | null): SavedServer | undefined {
    const over = (way: { server: SshServer } | null) => (way ? `${way.server.user}@${serverText(way.server)}` : '');
    return this.#saved.servers.find((server) => server.url === url && over(server.ssh) === over(ssh));
  }

  #closeTunnel(id: string): void {
    this.#tunnels.get(id)?.close();
    this.#tunnels.delete(id);
  }

  #freeColor(): ConnectionColor {
    const { servers, privateColor } = this.#saved;
    const taken = new Set([privateColor, ...servers.map(({ color }) => color)]);
    const fallback = connectionColors[servers.length % connectionColors.length] ?? 'teal';
    return connectionColors.find((color) => !taken.has(color)) ?? fallback;
  }

  #makeServer(id: string, url: string): void {
    this.#servers.set(
      id,
      this.#connectionTo(url, async () => this.#reachServer(id)),
    );
  }

  #connectionTo(url: string, reach: ConnectionOptions['reach']): Connection {
    const { connect, times } = this.#options;
    return new Connection({ url, reach, onChange: () => this.#changed(), ...(connect && { connect }), ...times });
  }

  #reachServer(id: string): ConnectOptions {
    const server = this.#saved.servers.find((one) => one.id === id);
    if (!server) throw new TtError('CONNECTION_UNKNOWN', { id });
    const { url, token, authority, ssh } = server;
    // Its secret could not be kept, or not be read any more.
    if (token === null) throw new TtError('UNAUTHORIZED', {});
    if (!ssh) return { url, token, authority };
    // Never by another way than the one that was chosen.
    const far = farPlaceOf(url);
    const tunnel = this.#tunnels.get(id) ?? this.#options.tunnel(routeOf(ssh), []);
    this.#tunnels.set(id, tunnel);
    return { url, token, authority, dial: () => tunnel.dial(far) };
  }

  async #reachPrivate(isAsked: boolean): Promise<ConnectOptions> {
    const { keeper, home } = this.#options;
    const agent = isAsked ? await keeper.findOrStart() : await keeper.find();
    if (!agent) throw new TtError('AGENT_NOT_RUNNING', { stateDirectory: home });
    this.#unwatch ??= watchAgentFile(home, () => this.#private.moved());
    const { url, token, mustProve, authority } = agent;
    return { url, token, mustProve, authority };
  }

  #keepServer(id: string, change: (server: SavedServer) => SavedServer): void {
    this.#keep({ servers: this.#saved.servers.map((server) => (server.id === id ? change(server) : server)) });
  }

  /** Remembered first: what can't be is not done. */
  #keep(change: Partial<SavedConnections>): void {
    const next = { ...this.#saved, ...change };
    this.#options.memory.keep(next);
    this.#saved = next;
    this.#changed();
  }

  #changed(): void {
    this.#options.onChange(this.view());
  }
}

function nameOf(name: string, { url, ssh }: Pick<SavedServer, 'url' | 'ssh'>): string {
  const given = name.trim();
  return (given === '' ? (ssh?.server.host ?? (new URL(url).host || url)) : given).slice(0, MAX_NAME_LENGTH);
}

function savedSsh({ server, jump, login }: SshRoute): SavedSsh {
  switch (login.kind) {
    case 'agent':
      return { server, jump, login: 'agent', keyFile: '', secret: '' };
    case 'key':
      return { server, jump, login: 'key', keyFile: login.file, secret: login.passphrase };
    case 'password':
      return { server, jump, login: 'password', keyFile: '', secret: login.password };
  }
}

/** Throws SSH_LOGIN_REFUSED if its secret could not be kept, or not be read any more: nobody is asked with a wrong one. */
function routeOf({ server, jump, login, keyFile, secret }: SavedSsh): SshRoute {
  if (login === 'agent') return { server, jump, login: { kind: 'agent' } };
  if (secret === null) throw new TtError('SSH_LOGIN_REFUSED', { server: serverText(server), user: server.user });
  return {
    server,
    jump,
    login:
      login === 'key' ? { kind: 'key', file: keyFile, passphrase: secret } : { kind: 'password', password: secret },
  };
}
