// Creates a network driver; the only module that knows all of them by name. Called once for each kind when the agent is
// assembled.
import { FlatNetwork, type FlatOptions } from './flat/flat-network.ts';
import type { Network } from './interface.ts';
import { NatNetwork, type NatOptions } from './nat/nat-network.ts';
import { FakeLan, type FakeLanOptions } from './fake-lan.ts';
import { FakeNetwork, type FakeNetworkOptions } from './fake-network.ts';
import { LanNetwork, type LanOptions } from './lan/lan-network.ts';
import { FakeSwitchHost } from './switch/fake-switch-host.ts';
import { SwitchNetwork, type SwitchOptions } from './switch/switch-network.ts';
import { UserNetwork } from './user/user-network.ts';

export type NetworkChoice =
  | { kind: 'user' }
  | { kind: 'nat'; options: NatOptions }
  | { kind: 'flat'; options: FlatOptions }
  | { kind: 'bridge'; options: LanOptions }
  | { kind: 'switch'; options: SwitchOptions }
  | { kind: 'fake'; options: FakeNetworkOptions }
  | { kind: 'fakeBridge'; options: FakeLanOptions }
  | { kind: 'fakeSwitch'; options: Pick<SwitchOptions, 'runDirectoryOf' | 'pool'> };

/** Creates the network; call its `init` before anything else. Throws NetworkError OPTION_INVALID. */
export function loadNetwork(choice: NetworkChoice): Network {
  switch (choice.kind) {
    case 'user':
      return new UserNetwork();
    case 'nat':
      return new NatNetwork(choice.options);
    case 'flat':
      return new FlatNetwork(choice.options);
    case 'bridge':
      return new LanNetwork(choice.options);
    case 'switch':
      return new SwitchNetwork(choice.options);
    case 'fake':
      return new FakeNetwork(choice.options);
    case 'fakeBridge':
      return new FakeLan(choice.options);
    case 'fakeSwitch': {
      const host = new FakeSwitchHost();
      return new SwitchNetwork({ ...choice.options, files: host.files, runner: host });
    }
  }
}
