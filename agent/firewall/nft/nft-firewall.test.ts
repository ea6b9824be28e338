// The nft driver without nft: missing tools, missing rights, and a host that refuses.
import { expect, it } from 'vitest';
import { RunError } from '../../host/run-command.ts';
import { NftFirewall } from './nft-firewall.ts';

const failure = (stderr: string, notFound = false) =>
  new RunError({ command: 'nft', args: [], exitCode: notFound ? null : 1, stderr, notFound });

/** Rejects every transaction whose text holds `refused`; lists an empty table. */
function firewallThat(refused: string) {
  const inputs: string[] = [];
  const firewall = new NftFirewall({
    agentTag: '0a1b',
    confinedUids: null,
    run: async (_command, args, input = '') => {
      if (args.includes('list')) return args.includes('-j') ? '{"nftables": []}' : 'table inet tt_0a1b {\n}\n';
      inputs.push(input);
      if (input.includes(refused)) throw failure('Error: Could not process rule: Device or resource busy');
      return '';
    },
  });
  return { firewall, inputs };
}

const vm = (vmId: string, octet: number) => ({
  vmId,
  envName: 'one',
  bridge: 'br1',
  address: `10.0.0.${octet}`,
  forwards: [],
  denyOutgoing: false,
  blacklist: [],
});

it('names a missing tool and missing rights', async () => {
  function firewall(failed: RunError): NftFirewall {
    const run = async () => {
      throw failed;
    };
    return new NftFirewall({ agentTag: '0a1b', confinedUids: null, run });
  }
  await expect(firewall(failure('', true)).init()).rejects.toMatchObject({ code: 'TOOL_MISSING' });
  const forbidden = failure('Operation not permitted (you must be root)');
  await expect(firewall(forbidden).init()).rejects.toMatchObject({ code: 'NOT_ROOT' });
  await expect(firewall(failure('netlink: Error')).init()).rejects.toMatchObject({ code: 'RULE_REFUSED' });
});

it('forgets what the host refused, and only that', async () => {
  const { firewall, inputs } = firewallThat('10.0.0.66');
  await firewall.restore([]);
  const results = await Promise.allSettled([
    firewall.setVms([vm('a', 2)]),
    firewall.setVms([vm('b', 3)]),
    firewall.setVms([vm('c', 66), vm('d', 4)]),
    firewall.setVms([vm('e', 5)]),
  ]);
  const refused = { status: 'rejected', reason: { code: 'RULE_REFUSED' } };
  const done = { status: 'fulfilled' };
  expect(results).toMatchObject([done, done, refused, done]);
  await expect(firewall.setForwards('d', [])).rejects.toThrow('no rules of VM d');
  // Its address is free again.
  await firewall.setVms([vm('d', 4)]);
  expect(inputs.at(-1)).toContain('"br1" . 10.0.0.4');
});

it('runs nothing when there is nothing to change', async () => {
  const { firewall, inputs } = firewallThat('never');
  await firewall.restore([vm('a', 2)]);
  const count = inputs.length;
  await firewall.setVms([vm('a', 2)]);
  await firewall.unsetVms(['b']);
  await firewall.allowOutgoing(['a']);
  expect(inputs).toHaveLength(count);
});
