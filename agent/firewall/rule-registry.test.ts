// Rules in memory: no port or address twice, all or nothing, and exact rollback.
import { expect, it } from 'vitest';
import type { VmRules } from './interface.ts';
import { checkedRules, RuleRegistry } from './rule-registry.ts';

function rules(vmId: string, hostPorts: number[], changes: Partial<VmRules> = {}): VmRules {
  const forwards = hostPorts.map((hostPort) => ({ protocol: 'tcp' as const, guestPort: 22, hostPort }));
  const rest = { envName: 'env', bridge: null, address: null, denyOutgoing: false, blacklist: [] };
  return { vmId, ...rest, forwards, ...changes };
}
const put = (vm: VmRules) => ({ vmId: vm.vmId, rules: vm });

it('refuses what belongs to another VM, and changes nothing then', () => {
  const registry = new RuleRegistry();
  registry.change([put(rules('a', [1, 2], { address: '10.0.0.2' }))]);
  const refused = expect.objectContaining({ code: 'RULE_REFUSED' });
  expect(() => registry.change([put(rules('b', [3])), put(rules('c', [2]))])).toThrow(refused);
  expect(() => registry.change([put(rules('b', [], { address: '10.0.0.2' }))])).toThrow('belongs to VM a');
  expect(() => registry.change([put(rules('b', [7, 7]))])).toThrow(refused);
  expect(() => registry.change([put(rules('b', [])), put(rules('b', []))])).toThrow(refused);
  expect(registry.values()).toEqual([rules('a', [1, 2], { address: '10.0.0.2' })]);
  expect(() => registry.mustGet('b')).toThrow(refused);
});

it('lets VMs of one change swap ports, and takes that back', () => {
  const registry = new RuleRegistry();
  registry.change([put(rules('a', [1])), put(rules('b', [2]))]);
  const undo = registry.change([put(rules('a', [2])), put(rules('b', [1])), put(rules('c', [3]))]);
  expect(registry.mustGet('a').forwards[0]?.hostPort).toBe(2);
  registry.change(undo);
  expect(registry.values()).toEqual([rules('a', [1]), rules('b', [2])]);
  registry.change([put(rules('d', [3])), { vmId: 'a', rules: null }]);
  registry.change([put(rules('e', [1]))]);
  expect(registry.values().map(({ vmId }) => vmId)).toEqual(['b', 'd', 'e']);
});

it('checks ports and blacklists before they come in', () => {
  for (const hostPort of [0, 65_536, 1.5, Number.NaN]) {
    expect(() => checkedRules(rules('a', [hostPort]))).toThrow(expect.objectContaining({ code: 'RULE_REFUSED' }));
  }
  const odd = { protocol: 'sctp' as 'tcp', hostPort: 1, guestPort: 1 };
  expect(() => checkedRules({ ...rules('a', []), forwards: [odd] })).toThrow('no forward');
  expect(checkedRules(rules('a', [1], { blacklist: ['10.1.1.1/8', '10.0.0.1'] })).blacklist).toEqual(['10.0.0.0/8']);
});
