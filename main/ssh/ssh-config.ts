// What the user's ~/.ssh/config says of a server, read only, by the rules of ssh_config(5): the first value counts, Include is followed.
// What would lead elsewhere and is not supported ends it with an error; nothing is ever run.
import { glob, open } from 'node:fs/promises';
import path from 'node:path';
import { reason, TtError } from '@tt/protocol';
import { type ConfigLine, configLines, fitsPatterns, isPlainName } from './config-lines.ts';

export interface HostSettings {
  /** Name or address to connect to. */
  hostName: string;
  user: string | null;
  port: number | null;
  /** In the order in which they are tried. */
  identityFiles: string[];
  /** Socket of the agent, or a name that stands for one (ssh_config(5), IdentityAgent); null: nothing is said. */
  identityAgent: string | null;
  /** Files of known host keys; null: nothing is said. */
  knownHostsFiles: string[] | null;
  /** `[user@]host[:port]`, in the order in which they are passed. */
  jumps: string[];
}

export interface SshConfig {
  /**
   * What is said of a server that somebody typed, perhaps with a user. Rejects with SSH_CONFIG_UNSUPPORTED, or FILE_UNUSABLE for a file that
   * others can write to.
   */
  of(host: string, user: string | null): Promise<HostSettings>;
  /** Names that somebody gave to servers, for suggestions, at most 200; without patterns. */
  names(): Promise<string[]>;
}

export interface SshConfigPlace {
  /** Of the user, e.g. `/home/kim`. */
  homeDirectory: string;
  /** Name of the user of this computer. */
  userName: string;
  /** Default: this process’s. */
  env?: NodeJS.ProcessEnv;
}

const MOST_BYTES = 1024 * 1024;
/** As OpenSSH’s READCONF_MAX_DEPTH. */
const MOST_DEPTH = 16;
const MOST_FILES = 256;
const MOST_NAMES = 200;

/** Each leads elsewhere, or proves somebody by other means, unless it says `none` or `no`. */
const refused: ReadonlySet<string> = new Set([
  'proxycommand',
  'proxyusefdpass',
  'canonicalizehostname',
  'hostkeyalias',
  'knownhostscommand',
  'certificatefile',
  'pkcs11provider',
]);

interface Asked {
  host: string;
  user: string | null;
}

/** What was found so far: by keyword in lower case, the first that was said. */
interface Found {
  first: Map<string, string[]>;
  identityFiles: string[];
  names: Set<string>;
  files: number;
}

export function sshConfigOf(place: SshConfigPlace): SshConfig {
  const folder = path.join(place.homeDirectory, '.ssh');
  const file = path.join(folder, 'config');
  return {
    async of(host, user) {
      const found = nothing();
      await readFileInto(file, found, { asked: { host, user }, isActive: true, depth: 0 });
      return settingsOf(found, { host, user });
    },
    async names() {
      const found = nothing();
      await readFileInto(file, found, { asked: null, isActive: true, depth: 0 });
      return [...found.names].slice(0, MOST_NAMES);
    },
  };

  async function readFileInto(from: string, found: Found, scope: Scope): Promise<void> {
    const text = await textOf(from);
    if (text === null) return;
    if (scope.depth > MOST_DEPTH || ++found.files > MOST_FILES)
      throw new TtError('FILE_UNUSABLE', { file: from, reason: reason('tooManyIncludes') });
    let { isActive } = scope;
    for (const line of configLines(text)) {
      const keyword = line.keyword.toLowerCase();
      if (keyword === 'host') {
        for (const word of line.words) if (isPlainName(word)) found.names.add(word);
        isActive = scope.isActive && scope.asked !== null && fitsPatterns(line.words, scope.asked.host);
      } else if (keyword === 'match') {
        isActive = scope.isActive && scope.asked !== null && isMatch(line, found, scope.asked, from);
      } else if (keyword === 'include') {
        const files = await filesOf(line.words);
        // Also what is not active now: its sections may name servers to suggest.
        for (const each of files) await readFileInto(each, found, { ...scope, isActive, depth: scope.depth + 1 });
      } else if (isActive && scope.asked !== null) take(line, keyword, found, scope.asked, from);
    }
  }

  /** In the order in which they are read. A pattern that fits nothing stands for none. */
  async function filesOf(patterns: readonly string[]): Promise<string[]> {
    const files: string[] = [];
    for (const pattern of patterns) {
      const full = path.resolve(folder, inHome(pattern));
      const found: string[] = [];
      for await (const each of glob(full)) {
        found.push(each);
        if (found.length > MOST_FILES)
          throw new TtError('FILE_UNUSABLE', { file: full, reason: reason('tooManyIncludes') });
      }
      files.push(...found.sort());
    }
    return files;
  }

  function isMatch(line: ConfigLine, found: Found, { host, user }: Asked, file: string): boolean {
    const words = [...line.words];
    let fits = words.length > 0;
    for (let word = words.shift(); word !== undefined && fits; word = words.shift()) {
      const isNegated = word.startsWith('!');
      const criterion = word.replace(/^!/, '').toLowerCase();
      if (criterion === 'all') continue;
      const values: Readonly<Record<string, string>> = {
        host: hostNameOf(found, host),
        originalhost: host,
        user: user ?? found.first.get('user')?.[0] ?? place.userName,
        localuser: place.userName,
      };
      const value = Object.hasOwn(values, criterion) ? values[criterion] : undefined;
      // Only the system’s ssh could tell: what runs a program, looks at networks, or reads everything twice.
      if (value === undefined) throw unsupported(file, line, `Match ${criterion}`, host);
      fits = fitsPatterns((words.shift() ?? '').split(','), value) !== isNegated;
    }
    return fits;
  }

  function settingsOf({ first, identityFiles, ...rest }: Found, { host, user }: Asked): HostSettings {
    const hostName = hostNameOf({ first, identityFiles, ...rest }, host);
    const port = Number(first.get('port')?.[0] ?? 0);
    const login = user ?? first.get('user')?.[0] ?? null;
    const full = (text: string) => filled(text, { host, hostName, user: login ?? place.userName, port });
    const [jump = 'none'] = first.get('proxyjump') ?? [];
    const known = first.get('userknownhostsfile');
    const agent = first.get('identityagent')?.[0];
    return {
      hostName,
      user: login,
      port: Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : null,
      identityFiles: identityFiles.filter((each) => each.toLowerCase() !== 'none').map(full),
      identityAgent: agent === undefined ? null : isName(agent) ? agent : full(agent),
      knownHostsFiles: known?.filter((each) => each.toLowerCase() !== 'none').map(full) ?? null,
      jumps: jump.toLowerCase() === 'none' ? [] : jump.split(',').map((each) => each.trim()),
    };
  }

  function inHome(text: string): string {
    return text === '~' || text.startsWith('~/') ? place.homeDirectory + text.slice(1) : text;
  }

  /** Variables and tokens (ssh_config(5), TOKENS) replaced, and `~`. What is not known stays: such a file is not there. */
  function filled(text: string, to: { host: string; hostName: string; user: string; port: number }): string {
    const tokens: Readonly<Record<string, string>> = {
      '%': '%',
      d: place.homeDirectory,
      h: to.hostName,
      n: to.host,
      p: String(to.port || 22),
      r: to.user,
      u: place.userName,
    };
    return inHome(text)
      .replaceAll(/%(.)/g, (written, token: string) => tokens[token] ?? written)
      .replaceAll(/\$\{(\w+)\}/g, (written, name: string) => (place.env ?? process.env)[name] ?? written);
  }
}

interface Scope {
  /** null: only names are looked for. */
  asked: Asked | null;
  isActive: boolean;
  depth: number;
}

function nothing(): Found {
  return { first: new Map(), identityFiles: [], names: new Set(), files: 0 };
}

function take(line: ConfigLine, keyword: string, found: Found, { host }: Asked, file: string): void {
  const [value = ''] = line.words;
  if (keyword === 'identityfile') {
    if (!found.identityFiles.includes(value)) found.identityFiles.push(value);
    return;
  }
  if (found.first.has(keyword)) return;
  // Of these two the one that was said first counts.
  if (keyword === 'proxycommand' && found.first.has('proxyjump')) return;
  if (refused.has(keyword) && !['none', 'no', ''].includes(value.toLowerCase()))
    throw unsupported(file, line, line.keyword, host);
  found.first.set(keyword, line.words);
  if (keyword === 'proxycommand') found.first.set('proxyjump', ['none']);
}

/** `%h` stands for what was typed. */
function hostNameOf({ first }: Found, host: string): string {
  return (first.get('hostname')?.[0] ?? host).replaceAll(/%([%h])/g, (_written, token: string) =>
    token === 'h' ? host : '%',
  );
}

/** Of an agent: no path. */
function isName(agent: string): boolean {
  return agent === 'SSH_AUTH_SOCK' || agent.startsWith('$') || agent.toLowerCase() === 'none';
}

function unsupported(file: string, { line }: ConfigLine, keyword: string, host: string): TtError {
  return new TtError('SSH_CONFIG_UNSUPPORTED', { file, line, keyword, host });
}

/** null: it is not there. As ssh, believes no file that others can write to. */
async function textOf(file: string): Promise<string | null> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error.code === 'EACCES'
      ? new TtError('FILE_UNUSABLE', { file, reason: reason('notPermitted') }, { cause: error })
      : error;
  });
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    const { mode, uid } = found;
    if (!found.isFile() || found.size > MOST_BYTES)
      throw new TtError('FILE_UNUSABLE', { file, reason: reason('notPlainFile') });
    if (process.getuid && (mode & 0o022) !== 0)
      throw new TtError('FILE_UNUSABLE', { file, reason: reason('othersWrite') });
    if (process.getuid && uid !== 0 && uid !== process.getuid())
      throw new TtError('FILE_UNUSABLE', { file, reason: reason('otherOwner', { uid }) });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
