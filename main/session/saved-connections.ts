// What the desktop remembers of its connections between starts, in the form of its file: names, colours, addresses and what is
// pinned; secrets only as the vault seals them. What can't be read of the file counts as not there, one connection at a time.
import { z } from 'zod';
import { sshServerSchema } from '../ssh/ssh-route.ts';
import { type ConnectionColor, connectionColors, PRIVATE_ID, type SshWay } from './connection-state.ts';
import type { Vault } from './vault.ts';

export interface SavedServer {
  id: string;
  name: string;
  color: ConnectionColor;
  /** Base address. */
  url: string;
  /** null: none could be kept; it is asked for again. */
  token: string | null;
  /** PEM of what is pinned; null: those that the system trusts, or plain HTTP on this computer. */
  authority: string | null;
  /** null: not over ssh. */
  ssh: SavedSsh | null;
}

export interface SavedSsh extends SshWay {
  /** Passphrase of the key, or password; empty if there is none. null: it could not be kept. */
  secret: string | null;
}

export interface SavedConnections {
  servers: SavedServer[];
  privateColor: ConnectionColor;
  /** Shown at the start; null: the one that was shown last. */
  defaultId: string | null;
  /** Shown last; null: none was ever. */
  shownId: string | null;
}

/** The file, as electron-store and its fake have it: one value for each key. */
export interface ConnectionFile {
  read(): unknown;
  write(content: FileContent): void;
}

export const NO_CONNECTIONS: SavedConnections = {
  servers: [],
  privateColor: 'teal',
  defaultId: null,
  shownId: null,
};

export const MAX_NAME_LENGTH = 63;
/** More are refused: each is kept open. */
export const MOST_SERVERS = 32;

const colorSchema = z.enum(connectionColors);
const addressSchema = z.url({ protocol: /^(?:https?|unix)$/ }).max(2048);
/** A server of a file that a user imports: without secrets. */
export const importedServerSchema = z.strictObject({
  name: z.string().max(MAX_NAME_LENGTH),
  color: colorSchema,
  address: addressSchema,
  authority: z.string().max(16_384).nullable(),
  ssh: z
    .strictObject({
      server: sshServerSchema,
      jump: sshServerSchema.nullable(),
      login: z.enum(['agent', 'key', 'password']),
      keyFile: z.string().max(4096),
    })
    .nullable(),
});
export type ImportedServer = z.infer<typeof importedServerSchema>;

const sshSchema = z.object({
  server: sshServerSchema,
  jump: sshServerSchema.nullable(),
  login: z.enum(['agent', 'key', 'password']),
  keyFile: z.string().max(4096),
  /** Sealed; empty when none is kept or there is none. */
  secret: z.string().max(16_384).catch(''),
  hasSecret: z.boolean(),
});
const serverSchema = z.object({
  id: z.uuid(),
  name: z.string().min(1).max(MAX_NAME_LENGTH),
  color: colorSchema.catch('teal'),
  url: addressSchema,
  /** Sealed; empty when none is kept. */
  token: z.string().max(16_384).catch(''),
  authority: z.string().max(16_384).nullable().catch(null),
  ssh: sshSchema.nullable().default(null),
});
const fileSchema = z.object({
  version: z.literal(2),
  servers: z.array(z.unknown()).catch([]),
  privateColor: colorSchema.catch('teal'),
  defaultId: z.string().nullable().catch(null),
  shownId: z.string().nullable().catch(null),
});
/** Of a TT that knew one connection at a time. */
const oldFileSchema = z.object({
  connection: z.enum(['private', 'server']),
  serverUrl: z.string().catch(''),
  serverToken: z.string().catch(''),
  serverAuthority: z.string().catch(''),
});

export type FileContent = z.infer<typeof fileSchema> & { servers: z.infer<typeof serverSchema>[] };

export class ConnectionMemory {
  readonly #file: ConnectionFile;
  readonly #vault: Vault;

  constructor(file: ConnectionFile, vault: Vault) {
    this.#file = file;
    this.#vault = vault;
  }

  load(): SavedConnections {
    const content = this.#file.read();
    const file = fileSchema.safeParse(content);
    if (!file.success) return this.#loadOld(content);
    const servers = file.data.servers.flatMap((one) => {
      const server = serverSchema.safeParse(one);
      return server.success ? [this.#opened(server.data)] : [];
    });
    const known = (id: string | null) => (id === PRIVATE_ID || servers.some((server) => server.id === id) ? id : null);
    const { privateColor, defaultId, shownId } = file.data;
    return {
      servers: servers.slice(0, MOST_SERVERS),
      privateColor,
      defaultId: known(defaultId),
      shownId: known(shownId),
    };
  }

  keep({ servers, ...rest }: SavedConnections): void {
    const seal = (text: string | null) => (text === null ? '' : (this.#vault.seal(text) ?? ''));
    const sealed = servers.map(({ ssh, ...server }) => ({
      ...server,
      token: seal(server.token),
      ssh: ssh && { ...ssh, secret: ssh.secret === '' ? '' : seal(ssh.secret), hasSecret: ssh.secret !== '' },
    }));
    this.#file.write({ version: 2, servers: sealed, ...rest });
  }

  #loadOld(content: unknown): SavedConnections {
    const old = oldFileSchema.safeParse(content);
    if (!old.success) return NO_CONNECTIONS;
    const { connection, serverUrl, serverToken, serverAuthority } = old.data;
    if (connection === 'private') return { ...NO_CONNECTIONS, shownId: PRIVATE_ID };
    const server = serverSchema.safeParse({
      id: crypto.randomUUID(),
      name: URL.parse(serverUrl)?.host ?? '',
      color: 'blue',
      url: serverUrl,
      token: serverToken,
      authority: serverAuthority === '' ? null : serverAuthority,
    });
    if (!server.success) return NO_CONNECTIONS;
    return { ...NO_CONNECTIONS, servers: [this.#opened(server.data)], shownId: server.data.id };
  }

  #opened({ ssh, ...server }: z.infer<typeof serverSchema>): SavedServer {
    const token = this.#vault.open(server.token);
    if (!ssh) return { ...server, token, ssh };
    const { hasSecret, ...way } = ssh;
    return { ...server, token, ssh: { ...way, secret: hasSecret ? this.#vault.open(way.secret) : '' } };
  }
}
