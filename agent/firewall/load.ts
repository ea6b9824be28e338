// Creates the firewalls; the only module that knows all of them by name. Called when the agent is assembled.
import { FirewallError } from './errors.ts';
import { FakeFirewall } from './fake-firewall.ts';
import { HostfwdFirewall, type HostfwdOptions } from './hostfwd/hostfwd.ts';
import type { Firewall } from './interface.ts';
import { NftFirewall, type NftOptions } from './nft/nft-firewall.ts';

export type FirewallName = 'hostfwd' | 'nft' | 'fake';

export type FirewallOptions = HostfwdOptions & NftOptions;

/** Creates the firewall called `name`; call its `init`, then `restore`, before anything else. */
export function loadFirewall(name: FirewallName, options: FirewallOptions): Firewall {
  switch (name) {
    case 'hostfwd':
      return new HostfwdFirewall(options);
    case 'nft':
      return new NftFirewall(options);
    case 'fake':
      return new FakeFirewall();
    default:
      // The name comes from a config file, where a type can't help.
      throw new FirewallError('FEATURE_UNSUPPORTED', `there is no firewall called ${String(name satisfies never)}`);
  }
}
