// All connections of the desktop: the agent of this computer and the servers that were added, several open at once. Each keeps its own
// link (connection.ts); which there are is remembered (remembered-servers.ts).
import type { ConnectOptions } from '@tt/client/node';
import { type Reason, TtError } from '@tt/protocol';
import { farPlaceOf } from '../ssh/far-place.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import {
  type ConnectionColor,
  type ConnectionsView,
  type ConnectionView,
  failureOf,
  PRIVATE_ID,
} from './connection-state.ts';
import { watchAgentFile } from './home-watch.ts';
import { type NewServer, type ReachOptions, reachNewServer } from './new-server.ts';
import type { PrivateAgentKeeper } from './private-agent.ts';
import { RememberedServers, routeOf } from './remembered-servers.ts';
import type { ConnectionMemory, ImportedServer } from './saved-connections.ts';
import { serverAddress } from './server-address.ts';

export interface ConnectionsOptions extends ReachOptions {
  home: string;
  keeper: Pick<PrivateAgentKeeper, 'find' | 'findOrStart' | 'end'>;
  memory: Pick<ConnectionMemory, 'load' | 'keep'>;
  onChange: (view: ConnectionsView) => void;
  /** See {@link ConnectionOptions}. */
  times?: Pick<ConnectionOptions, 'backoffMs' | 'lookEveryMs'>;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #remembered: RememberedServers;
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
    this.#remembered = new RememberedServers(options.memory);
    this.#private = this.#connectionTo('http://127.0.0.1', ({ isAsked }) => this.#reachPrivate(isAsked));
    for (const { id, url } of this.#remembered.current.servers) this.#makeServer(id, url);
  }

  view(): ConnectionsView {
    const { servers, privateColor, defaultId, shownId } = this.#remembered.current;
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
    const { defaultId, shownId } = this.#remembered.current;
    const first = defaultId ?? shownId;
    for (const connection of this.#servers.values()) void connection.open();
    // What keeps it from being found is said by its state.
    const isThere = await this.#options.keeper.find().then(
      (agent) => agent !== null,
      () => true,
    );
    this.#remembered.showFirst(first ?? (isThere ? PRIVATE_ID : null));
    if (isThere || first === PRIVATE_ID) void this.#private.open();
    this.#changed();
  }

  /** Shows it, and tries at once if it is a server that is not connected. */
  show(id: string): void {
    const connection = this.of(id);
    this.#remembered.show(id);
    this.#changed();
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
   * nothing has changed then: CONNECTIONS_FULL, or as `serverAddress` and {@link reachNewServer}. One that waits for the browser
   * ends (OPERATION_CANCELLED).
   */
  async add(wanted: NewServer): Promise<void> {
    this.#adding.abort();
    this.#adding = new AbortController();
    const { signal } = this.#adding;
    const link = serverAddress(wanted.address);
    const known = this.#remembered.at(link.url, wanted.ssh);
    if (!known) this.#remembered.mustHaveRoom(1);
    const reached = await reachNewServer(wanted, link, known?.authority ?? null, { ...this.#options, signal });
    const id = this.#remembered.put(reached, wanted);
    this.#servers.get(id)?.close();
    this.#closeTunnel(id);
    this.#makeServer(id, reached.url);
    // What was offered has been decided about.
    this.#offered = null;
    this.#changed();
    void this.of(id).open();
  }

  /** A link from outside, for the user to decide about; `problem`: why what came is none. */
  offer(link: { address: string } | { problem: Reason }): void {
    const isLink = 'address' in link;
    this.#offered = isLink ? link : { failure: failureOf(new TtError('JOIN_LINK_INVALID', { reason: link.problem })) };
    this.#changed();
  }

  /** The user has decided. */
  dismiss(): void {
    this.#offered = null;
    this.#changed();
  }

  /** Adds those that are not there yet; each asks for its secrets. Throws CONNECTIONS_FULL, and has added none then. */
  importServers(imported: readonly ImportedServer[]): void {
    const added = this.#remembered.import(imported);
    for (const { id, url } of added) this.#makeServer(id, url);
    this.#changed();
    for (const { id } of added) void this.of(id).open();
  }

  /** A new name or colour. An empty name: the host of the address. */
  change(id: string, wanted: { name: string; color: ConnectionColor }): void {
    this.of(id);
    this.#remembered.change(id, wanted);
    this.#changed();
  }

  /** Forgets a server and its secret. */
  remove(id: string): void {
    this.of(id).close();
    this.#closeTunnel(id);
    this.#servers.delete(id);
    this.#remembered.remove(id, this.#another(id));
    this.#changed();
  }

  /** null: the one that was shown last. */
  setDefault(id: string | null): void {
    if (id !== null) this.of(id);
    this.#remembered.setDefault(id);
    this.#changed();
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

  #closeTunnel(id: string): void {
    this.#tunnels.get(id)?.close();
    this.#tunnels.delete(id);
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
    const { url, token, authority, ssh } = this.#remembered.server(id);
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

  #changed(): void {
    this.#options.onChange(this.view());
  }
}
