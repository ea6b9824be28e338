// The desktop's current connection: to the private agent of this computer, or to a server. Windows see its state and
// call through it; the socket can change underneath (a restarted agent listens elsewhere).
import {
  type ConnectOptions,
  connectNode,
  type NodeConnection,
  type PrivateAgent,
  readFingerprint,
  redeemCode,
  settleTrust,
} from '@tt/client/node';
import { type TtClient, TtError } from '@tt/protocol';
import { type ConnectionState, failedState } from './connection-state.ts';
import { watchAgentFile } from './home-watch.ts';
import type { PrivateAgentKeeper } from './private-agent.ts';
import { serverAddress } from './server-address.ts';
import type { KnownServer, Remembered } from './server-memory.ts';

export interface ConnectionOptions {
  home: string;
  keeper: PrivateAgentKeeper;
  memory: { load(): Remembered; keepPrivate(): void; keepServer(server: KnownServer): void };
  onChange: (state: ConnectionState) => void;
  /** Default: client/node's; tests give their own. */
  connect?: (options: ConnectOptions) => NodeConnection;
  /** Default: client/node's; tests give their own. */
  trust?: typeof settleTrust;
  redeem?: typeof redeemCode;
}

const FIRST_ANSWER_TIMEOUT_MS = 10_000;

export class Connection {
  readonly #options: ConnectionOptions;
  #state: ConnectionState = { kind: 'none' };
  #link: NodeConnection | null = null;
  #linkOptions: ConnectOptions | null = null;
  /** Of windows, to the same place as the link; they end with it. */
  readonly #feeds = new Set<NodeConnection>();
  #unwatch: (() => void) | null = null;
  /** Grows with every choice, so that a slow answer to an older one changes nothing. */
  #choice = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Throws AGENT_UNREACHABLE while there is no connection. */
  client(): TtClient {
    return this.#linkOrThrow().client;
  }

  link(): NodeConnection {
    return this.#linkOrThrow();
  }

  /** Another connection for one feed, which may be made to wait; ends with the link, or when it is closed. Throws as `client`. */
  openFeed(): NodeConnection {
    this.#linkOrThrow();
    if (!this.#linkOptions) throw new Error('a link without its options');
    const feed = this.#connect(this.#linkOptions);
    const own: NodeConnection = {
      ...feed,
      close: () => {
        this.#feeds.delete(own);
        feed.close();
      },
    };
    this.#feeds.add(own);
    return own;
  }

  /** At the start: what was used last, else an agent that already runs here, else nothing (the window asks). */
  async restore(): Promise<void> {
    const remembered = this.#options.memory.load();
    if (remembered.kind === 'server') await this.#connectKnown(remembered);
    else if (remembered.kind === 'private' || (await this.#options.keeper.find())) await this.connectHere();
  }

  async connectHere(): Promise<ConnectionState> {
    return this.#choose('this computer', async (isCurrent) => {
      const { home, keeper, memory } = this.#options;
      const agent = await keeper.findOrStart();
      if (!isCurrent()) return;
      this.#follow(agent);
      this.#unwatch = watchAgentFile(home, () => void this.#refind());
      memory.keepPrivate();
      this.#set({ kind: 'connected', target: 'private', label: 'This computer' });
    });
  }

  /**
   * `address` as typed, or a join link, which needs no token. `fingerprint`: what the user compared and accepts for this server; null:
   * nothing, then a server that the system does not trust fails with its fingerprint.
   */
  async connectServer(address: string, token: string, fingerprint: string | null = null): Promise<ConnectionState> {
    return this.#choose(address.split('#')[0] ?? '', async (isCurrent) => {
      const { trust = settleTrust, redeem = redeemCode } = this.#options;
      const link = serverAddress(address);
      const { url, code } = link;
      const accepted = fingerprint === null ? null : readFingerprint(fingerprint);
      const known = this.#knownAuthority(url);
      const authority = await trust(url, { fingerprint: link.fingerprint ?? accepted, known });
      const secret = code === null ? token : await redeem({ url, authority }, code);
      if (isCurrent()) await this.#enter({ url, token: secret, authority }, isCurrent);
    });
  }

  /** As it was left; it is looked at as closely as at first. */
  async #connectKnown({ url, token, authority }: KnownServer): Promise<ConnectionState> {
    return this.#choose(url, (isCurrent) => this.#enter({ url, token, authority }, isCurrent));
  }

  async #enter(server: KnownServer, isCurrent: () => boolean): Promise<void> {
    const { url } = server;
    const link = this.#connect(server);
    try {
      await link.client.host.ping(undefined, { signal: AbortSignal.timeout(FIRST_ANSWER_TIMEOUT_MS) });
    } catch (error) {
      link.close();
      if (error instanceof TtError && error.code !== 'OPERATION_CANCELLED') throw error;
      throw new TtError('AGENT_UNREACHABLE', { url }, { cause: error });
    }
    if (!isCurrent()) return link.close();
    this.#use(link, server);
    this.#options.memory.keepServer(server);
    this.#set({ kind: 'connected', target: 'server', label: new URL(url).host });
  }

  /** What is pinned for this server; another one has nothing of it. */
  #knownAuthority(url: string): string | null {
    const remembered = this.#options.memory.load();
    return remembered.kind === 'server' && remembered.url === url ? remembered.authority : null;
  }

  close(): void {
    this.#choice++;
    this.#drop();
  }

  /** One choice from "starting" to its end; the state is the answer, it never rejects. */
  async #choose(detail: string, work: (isCurrent: () => boolean) => Promise<void>): Promise<ConnectionState> {
    const choice = ++this.#choice;
    const isCurrent = () => choice === this.#choice;
    this.#drop();
    this.#set({ kind: 'starting', detail });
    try {
      await work(isCurrent);
    } catch (error) {
      if (isCurrent()) this.#set(failedState(error));
    }
    return this.#state;
  }

  /** The private agent may be another process now, at another address; without one, calls keep failing. */
  async #refind(): Promise<void> {
    const choice = this.#choice;
    const agent = await this.#options.keeper.find();
    if (agent && choice === this.#choice) this.#follow(agent);
  }

  #follow({ url, token, mustProve, authority }: PrivateAgent): void {
    const options = { url, token, mustProve, authority };
    this.#use(this.#connect(options), options);
  }

  #use(link: NodeConnection, options: ConnectOptions): void {
    this.#closeLink();
    this.#link = link;
    this.#linkOptions = options;
  }

  #closeLink(): void {
    // Each takes itself out.
    for (const feed of this.#feeds) feed.close();
    this.#link?.close();
    this.#link = null;
    this.#linkOptions = null;
  }

  #connect(options: ConnectOptions): NodeConnection {
    return (this.#options.connect ?? connectNode)(options);
  }

  #drop(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#closeLink();
  }

  #linkOrThrow(): NodeConnection {
    if (this.#link) return this.#link;
    throw new TtError('AGENT_UNREACHABLE', { url: '-' });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}
