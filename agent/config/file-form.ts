// Converts the flat configuration back to the form of the file: for `config show`, and to name changed keys after a reload.
import { isDeepStrictEqual } from 'node:util';
import type { AgentConfig } from '../config.ts';
import { keys } from './keys.ts';

/** Key of the file -> its current value. Contains hashes of tokens, which callers must not print. */
export function fileForm(config: AgentConfig): Map<string, unknown> {
  return new Map<string, unknown>([
    ['home', config.home],
    ['engines', config.engines],
    ['acceleration', config.acceleration],
    ['prepareImages', config.prepareImages],
    ['tearDownOnExit', config.tearDownOnExit],
    ['cgroups', config.cgroups],
    ['images.path', config.imageDirectory],
    ['storage.kind', config.storage],
    ['storage.zfsDataset', config.zfsDataset],
    ['storage.zfsVolumes', config.zfsVolumes],
    ...Object.entries(config.warmImages).map(([name, value]): [string, unknown] => [`warmImages.${name}`, value]),
    ['window.directory', config.windowDirectory],
    ['log.level', config.logLevel],
    ['log.file', config.logFile],
    ['listen.address', config.host],
    ['listen.port', config.port],
    ['listen.socketFile', config.socketFile],
    ['listen.socketGroup', config.socketGroup],
    ...Object.entries(config.tls).map(([name, value]): [string, unknown] => [`tls.${name}`, value]),
    ['capacity.cpuTotal', config.cpuTotal],
    ['capacity.cpuOvercommit', config.cpuOvercommit],
    ['capacity.memoryTotalMiB', config.memoryTotalMiB],
    ['capacity.memoryOvercommit', config.memoryOvercommit],
    ['capacity.diskTotalMiB', config.diskTotalMiB],
    ['capacity.startWidth', config.startWidth],
    ['lifetime.defaultS', config.lifetimeDefaultS],
    ['lifetime.maxS', config.lifetimeMaxS],
    ['lifetime.warnS', config.lifetimeWarnS],
    ['envs.keepDeletedS', config.keepDeletedS],
    ['quota.default', config.quotas.default],
    ['quota.users', config.quotas.users],
    ...Object.entries(config.limits).map(([name, value]): [string, unknown] => [`limits.${name}`, value]),
    ...Object.entries(config.audit).map(([name, value]): [string, unknown] => [`audit.${name}`, value]),
    ['network.default', config.network],
    ['network.undoAtEnd', config.undoNetworkAtEnd],
    ['network.nat.pool', config.natPool],
    ['network.flat.pool', config.flatPool],
    ['network.flat.localAddress', config.flatLocalAddress],
    ['network.flat.peers', config.flatPeers],
    ['network.flat.port', config.flatPort],
    ['network.switch.pool', config.switchPool],
    ['network.bridge.device', config.lanDevice],
    ['network.bridge.users', config.lanUsers],
    ['ports.first', config.firstPort],
    ['ports.last', config.lastPort],
    ['ports.hostAddress', config.hostAddress],
    ['ports.onlyThisHost', config.onlyThisHost],
    ['vmUsers', config.vmUsers],
    ['oidc', config.oidc],
    ['users', config.users],
  ]);
}

/** The keys two configurations differ in. */
export function changedKeys(before: AgentConfig, after: AgentConfig): string[] {
  const now = fileForm(after);
  return [...fileForm(before)].flatMap(([key, value]) => (isDeepStrictEqual(value, now.get(key)) ? [] : [key]));
}

/** True if SIGHUP applies the key; a group's value applies to all of its keys. */
export function isLive(path: string): boolean {
  return keys.some((key) => (key.path === path || key.path.startsWith(`${path}.`)) && key.live);
}
