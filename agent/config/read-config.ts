// Merges flags, file and defaults, in this order of precedence, into the flat object the agent works with.
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { AgentConfig, Quota } from '../config.ts';
import { DEFAULT_ENGINES } from '../engines/names.ts';
import { readConfigFile } from './config-file.ts';
import { ConfigError } from './errors.ts';
import { type FlagValues, flags as knownFlags } from './flags.ts';
import { brokenRules } from './rules.ts';
import { type FileConfig, fileSchema } from './schema.ts';

/** Read by an agent that runs as root, before the one in the state folder. */
const SYSTEM_FILE = '/etc/tt/agent.yaml';
const FILE_NAME = 'agent.yaml';
const DEFAULT_LIFETIME_S = 3600;

export interface ConfigSource {
  flags: FlagValues;
  /** State folder where neither flag nor file names one. */
  defaultHome: string;
  isRoot: boolean;
  /** Default `/etc/tt/agent.yaml`. */
  systemFile?: string;
}

/** Rejects with ConfigError. */
export async function readConfig(source: ConfigSource): Promise<AgentConfig> {
  const file = await chooseFile(source);
  const read = file === null ? fileSchema.parse({}) : await readConfigFile(file);
  const config = withFlags(file === null ? read : withFullPaths(read, path.dirname(file)), source.flags);
  const [broken] = brokenRules(config);
  if (broken) {
    const problem = { path: broken.path.join('.'), line: null, column: null, message: broken.message };
    throw new ConfigError('CONFIG_INVALID', file === null ? 'flags' : `flags with ${file}`, [problem]);
  }
  return toAgentConfig(config, file, source.defaultHome);
}

/** What an agent with neither file nor flags works with; for tests, and as the base of a changed one. */
export function defaultConfig(home: string): AgentConfig {
  return toAgentConfig(fileSchema.parse({}), null, home);
}

/** The named file; otherwise the system's, as root; otherwise the one in the state folder; otherwise none. */
async function chooseFile({
  flags,
  defaultHome,
  isRoot,
  systemFile = SYSTEM_FILE,
}: ConfigSource): Promise<string | null> {
  if (flags.file !== null) return path.resolve(flags.file);
  if (isRoot && (await exists(systemFile))) return systemFile;
  const named = flags.values.get('home');
  const home = path.resolve(typeof named === 'string' ? named : defaultHome);
  const inHome = path.join(home, FILE_NAME);
  return (await exists(inHome)) ? inHome : null;
}

/** A file that exists but is not accessible must not be skipped: reading it then reports why. */
async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

/** Paths in a file are meant from its folder. */
function withFullPaths(config: FileConfig, folder: string): FileConfig {
  const full = (file: string) => path.resolve(folder, file);
  const { home, images, listen, log, window, tls, oidc } = config;
  const fullOrNone = (file: string | null) => (file === null ? null : full(file));
  return {
    ...config,
    ...(home !== undefined && { home: full(home) }),
    images: images.path === undefined ? {} : { path: full(images.path) },
    listen: { ...listen, socketFile: fullOrNone(listen.socketFile) },
    log: { ...log, file: fullOrNone(log.file) },
    tls: { ...tls, certificateFile: fullOrNone(tls.certificateFile), keyFile: fullOrNone(tls.keyFile) },
    window: { directory: fullOrNone(window.directory) },
    oidc: oidc && { ...oidc, clientSecretFile: fullOrNone(oidc.clientSecretFile), caFile: fullOrNone(oidc.caFile) },
  };
}

function withFlags(config: FileConfig, { values }: FlagValues): FileConfig {
  const changed = structuredClone(config);
  for (const { key, isPath } of knownFlags) {
    if (!values.has(key)) continue;
    const value = values.get(key);
    const names = key.split('.');
    const last = names.pop() ?? '';
    const group = names.reduce(
      (part, name) => part[name] as Record<string, unknown>,
      changed as Record<string, unknown>,
    );
    group[last] = isPath && value !== '' ? path.resolve(String(value)) : value;
  }
  const checked = fileSchema.safeParse(changed);
  if (checked.success) return checked.data;
  // Texts are all that commander has not held against the schema.
  const problems = checked.error.issues.map(({ path: where, message }) => ({
    path: where.join('.'),
    line: null,
    column: null,
    message,
  }));
  throw new ConfigError('CONFIG_INVALID', 'flags', problems);
}

function toAgentConfig(config: FileConfig, configFile: string | null, defaultHome: string): AgentConfig {
  const { listen, capacity, lifetime, quota, network, ports } = config;
  const home = path.resolve(config.home ?? defaultHome);
  return {
    configFile,
    home,
    imageDirectory: config.images.path ?? path.join(home, 'images'),
    host: listen.address,
    port: listen.port,
    socketFile: listen.socketFile,
    socketGroup: listen.socketGroup,
    tls: config.tls,
    engines: config.engines ?? [...DEFAULT_ENGINES],
    acceleration: config.acceleration,
    storage: config.storage.kind,
    zfsDataset: config.storage.zfsDataset,
    zfsVolumes: config.storage.zfsVolumes,
    warmImages: config.warmImages,
    cpuTotal: capacity.cpuTotal,
    memoryTotalMiB: capacity.memoryTotalMiB,
    diskTotalMiB: capacity.diskTotalMiB,
    cpuOvercommit: capacity.cpuOvercommit,
    memoryOvercommit: capacity.memoryOvercommit,
    startWidth: capacity.startWidth,
    lifetimeDefaultS: lifetime.defaultS ?? Math.min(DEFAULT_LIFETIME_S, lifetime.maxS),
    lifetimeMaxS: lifetime.maxS,
    lifetimeWarnS: [...new Set(lifetime.warnS)].sort((a, b) => b - a),
    keepDeletedS: config.envs.keepDeletedS,
    quotas: { default: quota.default, users: byName(quota.users) },
    limits: config.limits,
    audit: config.audit,
    network: network.default,
    undoNetworkAtEnd: network.undoAtEnd,
    natPool: network.nat.pool,
    flatPool: network.flat.pool,
    switchPool: network.switch.pool,
    flatLocalAddress: network.flat.localAddress,
    flatPeers: network.flat.peers,
    flatPort: network.flat.port,
    lanDevice: network.bridge.device,
    lanUsers: network.bridge.users,
    firstPort: ports.first,
    lastPort: ports.last,
    hostAddress: ports.hostAddress,
    onlyThisHost: ports.onlyThisHost,
    vmUsers: config.vmUsers,
    cgroups: config.cgroups,
    tearDownOnExit: config.tearDownOnExit,
    users: config.users,
    oidc: config.oidc,
    prepareImages: config.prepareImages,
    windowDirectory: config.window.directory,
    logLevel: config.log.level,
    logFile: config.log.file,
  };
}

/** Without a prototype: a user called `constructor` has no quota by accident. */
function byName(users: Record<string, Quota>): Record<string, Quota> {
  return Object.assign(Object.create(null) as Record<string, Quota>, users);
}
