// The ssh servers on the way to an agent, one after the other, with what ~/.ssh/config adds to what the user wrote.
import { access } from 'node:fs/promises';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import type { HostSettings, SshConfig } from './ssh-config.ts';
import type { SshAgentPlace } from './ssh-login.ts';
import type { SshLogin, SshRoute, SshServer } from './ssh-route.ts';

/** One server as it is reached: by its real name, with a user and a port. */
export interface Hop {
  server: SshServer;
  login: SshLogin;
  agent: SshAgentPlace;
  /** In place of the user's usual one; null: that one. */
  knownHostsFiles: string[] | null;
}

export interface HopOptions {
  config: SshConfig;
  /** Of this process, where nothing else is said. */
  agent: SshAgentPlace;
  homeDirectory: string;
  /** Name of the user of this computer. */
  userName: string;
}

/** A way with more is a mistake: servers that lead to each other. */
const MOST_HOPS = 8;
const DEFAULT_PORT = 22;
/** ssh(1), -i; without those that live in hardware. */
const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The server itself comes last. Rejects as {@link SshConfig}, with SSH_KEY_UNUSABLE if there is no key to log in by. */
export async function hopsOf({ server, jump, login }: SshRoute, options: HopOptions): Promise<Hop[]> {
  const settings = await settingsOf(server, options.config);
  const before = jump ? [jump] : jumpsIn(settings, server);
  const hops = await hopsTo(before, login, options, 1);
  return [...hops, await hopTo(server, settings, login, options)];
}

/** The first may have others before it. `count`: how many there are already. */
async function hopsTo(servers: SshServer[], login: SshLogin, options: HopOptions, count: number): Promise<Hop[]> {
  const [first, ...more] = servers;
  if (!first) return [];
  const total = count + servers.length;
  if (total > MOST_HOPS) throw new TtError('SSH_UNREACHABLE', { server: first.host });
  const settings = await settingsOf(first, options.config);
  const before = await hopsTo(jumpsIn(settings, first), login, options, total);
  const hops = [...before, await hopTo(first, settings, login, options)];
  for (const server of more) hops.push(await hopTo(server, await settingsOf(server, options.config), login, options));
  return hops;
}

/** null for a server that was written in full: the file is not asked about it. */
async function settingsOf({ user, host, port }: SshServer, config: SshConfig): Promise<HostSettings | null> {
  return user !== '' && port !== 0 ? null : config.of(host, user === '' ? null : user);
}

function jumpsIn(settings: HostSettings | null, { host }: SshServer): SshServer[] {
  return (settings?.jumps ?? []).map((text) => {
    const parts = /^(?:ssh:\/\/)?(?:([^\s@:/]{1,64})@)?(?:\[([\da-f:.]+)\]|([\w.-]{1,253}))(?::(\d{1,5}))?\/?$/i.exec(
      text,
    );
    if (!parts) throw new TtError('SSH_UNREACHABLE', { server: `${text} (${host})` });
    const [, user = '', six, name = '', port = '0'] = parts;
    return { user, host: six ?? name, port: Number(port) };
  });
}

async function hopTo(
  { user, host, port }: SshServer,
  settings: HostSettings | null,
  login: SshLogin,
  { agent, homeDirectory, userName }: HopOptions,
): Promise<Hop> {
  const files = settings?.identityFiles ?? [];
  const keys = files.length > 0 ? files : DEFAULT_KEYS.map((name) => path.join(homeDirectory, '.ssh', name));
  return {
    server: {
      user: user || settings?.user || userName,
      host: settings?.hostName ?? host,
      port: port || settings?.port || DEFAULT_PORT,
    },
    login: login.kind === 'key' && login.file === '' ? { ...login, file: await firstThere(keys) } : login,
    agent: agentIn(settings?.identityAgent ?? null, agent),
    knownHostsFiles: settings?.knownHostsFiles ?? null,
  };
}

/** ssh2 logs in by one key: the first that there is. */
async function firstThere(files: readonly string[]): Promise<string> {
  for (const file of files) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  throw new TtError('SSH_KEY_UNUSABLE', { file: files[0] ?? '' });
}

function agentIn(said: string | null, here: SshAgentPlace): SshAgentPlace {
  if (said === null || said === 'SSH_AUTH_SOCK') return here;
  if (said.toLowerCase() === 'none') return { socket: undefined };
  return { socket: said.startsWith('$') ? process.env[said.slice(1)] : said };
}
