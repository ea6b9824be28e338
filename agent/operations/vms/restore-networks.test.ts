// Periodic repair of networks and firewalls: what the log says about it.
import { makeLogger } from '@tt/server';
import { expect, it } from 'vitest';
import { FakeFirewall } from '../../firewall/fake-firewall.ts';
import { Firewalls } from '../../firewall/firewalls.ts';
import { FakeNetwork } from '../../network/fake-network.ts';
import { Networks } from '../../network/networks.ts';
import { repairNetworkSetup } from './restore-networks.ts';

const MOVED =
  'the address of the host changed from 192.0.2.1 to 192.0.2.9; the tunnels of flat networks now use the new one';
const NO_SERVER = 'the DHCP server of shop is gone and could not be started: no memory';
const NO_RULES = 'the rules of VM one were missing';

class Moved extends FakeNetwork {
  override async repair(): Promise<string[]> {
    return [MOVED, NO_SERVER];
  }
}
class Emptied extends FakeFirewall {
  override async repair(): Promise<string[]> {
    return [NO_RULES];
  }
}

it('says what was wrong and what was done, and accuses nobody', async () => {
  const lines: { level: number; msg: string; what: string }[] = [];
  const target = { write: (line: string) => void lines.push(JSON.parse(line)) };
  await repairNetworkSetup({
    logger: makeLogger({ level: 'trace', file: null, target }),
    inventory: { envs: () => [] },
    firewalls: new Firewalls(new Emptied(), null),
    networks: new Networks(
      [{ kind: 'flat', network: new Moved({ agentTag: '00aa', kind: 'flat' }), problem: null }],
      'flat',
    ),
  });
  expect(lines.map(({ msg, what }) => [msg, what])).toEqual([
    ['firewall rules differed from the records and were restored', NO_RULES],
    ['a network was not set up as recorded', MOVED],
    ['a network was not set up as recorded', NO_SERVER],
  ]);
});
