// Rules that concern several keys, checked after each key was checked alone. The same rules for file and flags.
import { rangeOf } from './network-schema.ts';
import type { FileConfig } from './schema.ts';

export interface BrokenRule {
  /** Of the key that is best changed. */
  path: readonly (string | number)[];
  message: string;
}

export function brokenRules(config: FileConfig): BrokenRule[] {
  const { engines = [], listen, tls, ports, lifetime, network, users } = config;
  const broken: BrokenRule[] = [];
  const say = (path: BrokenRule['path'], message: string) => broken.push({ path, message });
  if (engines.length > 1 && engines.includes('fake'))
    say(['engines'], 'fake must be the only engine: disks and networks are stand-ins then');
  for (const [index, name] of engines.entries())
    if (engines.indexOf(name) < index) say(['engines', index], `${name} stands in the list already`);
  if (ports.first > ports.last) say(['ports', 'first'], `must not be above ports.last (${ports.last})`);
  // What a guest serves must never stand where clients look for the agent.
  if (listen.port >= ports.first && listen.port <= ports.last)
    say(['listen', 'port'], `must not lie in the range of forwards (${ports.first} to ${ports.last})`);
  if (listen.socketGroup !== null && listen.socketFile === null)
    say(['listen', 'socketGroup'], 'is for listen.socketFile, which is not set');
  if ((tls.certificateFile === null) !== (tls.keyFile === null))
    say(['tls', tls.keyFile === null ? 'keyFile' : 'certificateFile'], 'certificateFile and keyFile belong together');
  if (lifetime.defaultS !== undefined && lifetime.defaultS > lifetime.maxS)
    say(['lifetime', 'defaultS'], `must not be above lifetime.maxS (${lifetime.maxS})`);
  const [nat, flat] = [rangeOf(network.nat.pool), rangeOf(network.flat.pool)];
  if (nat.first <= flat.last && flat.first <= nat.last)
    say(['network', 'flat', 'pool'], `must not overlap network.nat.pool (${network.nat.pool})`);
  if (network.default === 'bridge' && network.bridge.device === null)
    say(['network', 'default'], 'must not be bridge without network.bridge.device');
  for (const [index, user] of users.entries()) {
    const before = users.slice(0, index);
    if (before.some(({ name }) => name === user.name))
      say(['users', index, 'name'], `${user.name} stands in the list already`);
    // The token alone says who somebody is.
    if (before.some(({ tokenSha256 }) => tokenSha256 === user.tokenSha256))
      say(['users', index, 'tokenSha256'], 'another user has the same token');
  }
  return broken;
}
