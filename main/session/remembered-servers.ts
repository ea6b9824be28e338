// Which servers the desktop knows, which connection is shown and which one at the start: what may be changed of it, each change
// remembered before it counts.
import { TtError } from '@tt/protocol';
import { serverText, type SshRoute, type SshServer } from '../ssh/ssh-route.ts';
import { type ConnectionColor, connectionColors, PRIVATE_ID } from './connection-state.ts';
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

/** What was found out when a server was reached. */
export type ReachedServer = Pick<SavedServer, 'url' | 'token' | 'authority' | 'ssh'>;

export class RememberedServers {
  readonly #memory: Pick<ConnectionMemory, 'load' | 'keep'>;
  #saved: SavedConnections;

  constructor(memory: Pick<ConnectionMemory, 'load' | 'keep'>) {
    this.#memory = memory;
    this.#saved = memory.load();
  }

  get current(): SavedConnections {
    return this.#saved;
  }

  /** Throws CONNECTION_UNKNOWN. */
  server(id: string): SavedServer {
    const found = this.#saved.servers.find((one) => one.id === id);
    if (!found) throw new TtError('CONNECTION_UNKNOWN', { id });
    return found;
  }

  /** The same address over another ssh server is another one. */
  at(url: string, ssh: { server: SshServer } | null): SavedServer | undefined {
    const over = (way: { server: SshServer } | null) => (way ? `${way.server.user}@${serverText(way.server)}` : '');
    return this.#saved.servers.find((server) => server.url === url && over(server.ssh) === over(ssh));
  }

  /** Throws CONNECTIONS_FULL if so many more are too many. */
  mustHaveRoom(more: number): void {
    if (this.#saved.servers.length + more > MOST_SERVERS) throw new TtError('CONNECTIONS_FULL', { max: MOST_SERVERS });
  }

  /** Shown from now on. One that is known has new secrets, and a new name and colour where these say so; answers its id. */
  put(reached: ReachedServer, { name, color }: { name: string; color: ConnectionColor | null }): string {
    const known = this.at(reached.url, reached.ssh);
    const { servers } = this.#saved;
    const server: SavedServer = {
      id: known?.id ?? crypto.randomUUID(),
      name: name.trim() === '' && known ? known.name : nameOf(name, reached),
      color: color ?? known?.color ?? this.#freeColor(),
      ...reached,
    };
    const place = known ? servers.indexOf(known) : servers.length;
    this.#keep({ servers: servers.toSpliced(place, 1, server), shownId: server.id });
    return server.id;
  }

  /** Those that are not there yet, without secrets; answers them. Throws CONNECTIONS_FULL, and has added none then. */
  import(imported: readonly ImportedServer[]): SavedServer[] {
    const added = imported.flatMap(({ name, color, address, authority, ssh }): SavedServer[] => {
      const { url } = serverAddress(address);
      if (this.at(url, ssh)) return [];
      const way = ssh && { ...ssh, secret: ssh.login === 'agent' ? '' : null };
      const id = crypto.randomUUID();
      return [{ id, name: nameOf(name, { url, ssh: way }), color, url, token: null, authority, ssh: way }];
    });
    this.mustHaveRoom(added.length);
    this.#keep({ servers: [...this.#saved.servers, ...added] });
    return added;
  }

  /** An empty name: the host of the address. The private agent has only a colour. */
  change(id: string, { name, color }: { name: string; color: ConnectionColor }): void {
    if (id === PRIVATE_ID) {
      this.#keep({ privateColor: color });
      return;
    }
    const changed = (server: SavedServer) => ({ ...server, name: nameOf(name, server), color });
    this.#keep({ servers: this.#saved.servers.map((server) => (server.id === id ? changed(server) : server)) });
  }

  /** `next`: what is shown if this one was. */
  remove(id: string, next: string | null): void {
    const { servers, defaultId, shownId } = this.#saved;
    this.#keep({
      servers: servers.filter((server) => server.id !== id),
      defaultId: defaultId === id ? null : defaultId,
      shownId: shownId === id ? next : shownId,
    });
  }

  show(id: string | null): void {
    this.#keep({ shownId: id });
  }

  /** For now only: the next start decides again. */
  showFirst(id: string | null): void {
    this.#saved = { ...this.#saved, shownId: id };
  }

  /** null: the one that was shown last. */
  setDefault(id: string | null): void {
    this.#keep({ defaultId: id });
  }

  #freeColor(): ConnectionColor {
    const { servers, privateColor } = this.#saved;
    const taken = new Set([privateColor, ...servers.map(({ color }) => color)]);
    const fallback = connectionColors[servers.length % connectionColors.length] ?? 'teal';
    return connectionColors.find((color) => !taken.has(color)) ?? fallback;
  }

  /** What can't be remembered is not done. */
  #keep(change: Partial<SavedConnections>): void {
    const next = { ...this.#saved, ...change };
    this.#memory.keep(next);
    this.#saved = next;
  }
}

export function savedSsh({ server, jump, login }: SshRoute): SavedSsh {
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
export function routeOf({ server, jump, login, keyFile, secret }: SavedSsh): SshRoute {
  if (login === 'agent') return { server, jump, login: { kind: 'agent' } };
  if (secret === null) throw new TtError('SSH_LOGIN_REFUSED', { server: serverText(server), user: server.user });
  return {
    server,
    jump,
    login:
      login === 'key' ? { kind: 'key', file: keyFile, passphrase: secret } : { kind: 'password', password: secret },
  };
}

function nameOf(name: string, { url, ssh }: Pick<SavedServer, 'url' | 'ssh'>): string {
  const given = name.trim();
  return (given === '' ? (ssh?.server.host ?? (new URL(url).host || url)) : given).slice(0, MAX_NAME_LENGTH);
}
