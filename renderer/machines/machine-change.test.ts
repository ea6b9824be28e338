// Ports and destinations as typed; what the Change dialog asks for; a group's spec with NICs; quota in the what-if.
import type { Vm } from '@tt/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GroupsDraft } from '../new-env/groups-draft.ts';
import { startTestStores, type TestStores } from '../testing/test-stores.ts';
import { parseDestinations } from './destination-text.ts';
import { changeFrom, commonFields, freeMemory, isEmptyChange, mustStop } from './machine-change.ts';
import { parsePorts, portsText } from './port-request.ts';

let running: TestStores;
beforeAll(async () => {
  running = await startTestStores();
});
afterAll(() => running.stop());

test.each([
  ['', []],
  ['80, 443', ['80/tcp', '443/tcp']],
  ['53/UDP 53;80，80', ['53/udp', '53/tcp', '80/tcp']],
  ['22, 22/udp', ['22/udp']],
  ['0', null],
  ['70000', null],
  ['http', null],
  ['80/icmp', null],
])('ports "%s"', (text, expected) => {
  const ports = parsePorts(text);
  expect(ports?.map(({ protocol, guestPort }) => `${guestPort}/${protocol}`) ?? null).toEqual(expected);
  if (ports) expect(parsePorts(portsText(ports))).toEqual(ports);
});

test.each([
  ['', []],
  ['192.0.2.1, 198.51.100.0/24', ['192.0.2.1', '198.51.100.0/24']],
  ['0.0.0.0/0 0.0.0.0/0', ['0.0.0.0/0']],
  ['192.0.2', null],
  ['192.0.2.256', null],
  ['192.0.2.01', null],
  ['192.0.2.1/33', null],
  ['example.org', null],
])('destinations "%s"', (text, expected) => {
  expect(parseDestinations(text)).toEqual(expected);
});

function machinesOf(envName: string): Vm[] {
  return running.stores.vms.ofEnv(envName);
}

test('only what differs from what the machines have is asked for', () => {
  const vms = machinesOf('tiny');
  const common = commonFields(vms);
  expect(common.fields).toEqual({
    cpuCount: 1,
    memoryMiB: 128,
    diskMiB: 64,
    ports: '',
    blacklist: '',
    bandwidthMbps: null,
  });
  expect(isEmptyChange(changeFrom(common, { cpuCount: 1, ports: '', bandwidthMbps: null }) ?? { cpuCount: 9 })).toBe(
    true,
  );
  expect(changeFrom(common, { memoryMiB: 256, ports: '80', bandwidthMbps: 5 })).toEqual({
    memoryMiB: 256,
    ports: [{ protocol: 'tcp', guestPort: 80 }],
    bandwidthMbps: 5,
  });
  expect([changeFrom(common, { ports: 'x' }), changeFrom(common, { blacklist: 'x' })]).toEqual([null, null]);
});

test('where machines differ nothing is asked for until it is edited, and then for all', () => {
  const vms = machinesOf('checkout');
  const common = commonFields(vms);
  expect([...common.differing].sort()).toEqual(['bandwidthMbps', 'blacklist', 'diskMiB', 'memoryMiB', 'ports']);
  expect(changeFrom(common, {})).toEqual({});
  expect(changeFrom(common, { memoryMiB: null })).toEqual({});
  expect(changeFrom(common, { ports: '', bandwidthMbps: null })).toEqual({ ports: [], bandwidthMbps: null });
});

test('processors and memory need a stop, of running machines only, and only where they change', () => {
  const [first, second] = machinesOf('tiny');
  if (!first || !second) throw new Error('no machines');
  const vms: Vm[] = [first, { ...second, state: 'stopped' }];
  expect(mustStop(vms, { cpuCount: 2 })).toEqual([first]);
  expect(mustStop(vms, { cpuCount: 1, memoryMiB: 128, diskMiB: 4096 })).toEqual([]);
});

test('a group says nothing about NICs unless asked for, then of each', () => {
  const draft = new GroupsDraft(running.stores.images);
  draft.search('tiny');
  const [group] = draft.groups;
  expect(draft.toMachines().groups[0]?.nics).toBeUndefined();
  group?.change({ nicCount: 2, netKind: 'nat', bandwidthMbps: 20, ports: '80', blacklist: '192.0.2.1', diskMiB: 512 });
  group?.change({ moreDisks: '64, x', choices: { firmware: 'uefi' } });
  expect(group?.isValid).toBe(false);
  group?.change({ moreDisks: '64, 32' });
  expect(draft.toMachines().groups[0]).toMatchObject({
    diskMiB: 512,
    disks: [{ sizeMiB: 64 }, { sizeMiB: 32 }],
    firmware: 'uefi',
    ports: [{ protocol: 'tcp', guestPort: 80 }],
    nics: [
      { kind: 'nat', bandwidthMbps: 20 },
      { kind: 'nat', bandwidthMbps: 20 },
    ],
    blacklist: ['192.0.2.1'],
  });
  group?.change({ ports: 'web' });
  expect(draft.isComplete).toBe(false);
});

test('the what-if counts against the limit of processors and against the quota', async () => {
  const { stores } = running;
  await running.limitOwner({ vms: 16 });
  await stores.me.load();
  const host = stores.hosts.first;
  if (!host) throw new Error('no host');
  const draft = new GroupsDraft(stores.images);
  draft.search('tiny');
  const used = draft.whatIf(host, stores.me.me).quota[0]?.bar.used;
  expect([used, draft.whatIf(host, stores.me.me).fits]).toEqual([15, true]);
  draft.groups[0]?.change({ copies: 3 });
  expect(draft.whatIf(host, stores.me.me)).toMatchObject({ fits: false, quota: [{ name: 'vms', bar: { over: 2 } }] });
  draft.groups[0]?.change({ copies: 1, cpuCount: host.cpu.limit });
  expect(draft.whatIf(host, null)).toMatchObject({ fits: false, quota: [], cpu: { over: host.cpu.used } });
});

test('what is free is that of the fullest host of the machines; of no known host nothing is said', () => {
  const [host] = running.stores.hosts.all;
  const [vm] = running.stores.vms.items.all;
  if (!host || !vm) throw new Error('there is no machine');
  const of = (id: string, usedMiB: number) => ({ ...host, id, memory: { ...host.memory, totalMiB: 1000, usedMiB } });
  const on = (hostId: string): Vm => ({ ...vm, hostId });
  const hosts = [of('a', 200), of('b', 900), of('c', 1000)];
  expect(freeMemory(hosts, [on('a'), on('b')])).toBe(100);
  expect(freeMemory(hosts, [on('a')])).toBe(800);
  expect(freeMemory([of('a', 1200)], [on('a')])).toBe(0);
  expect(freeMemory(hosts, [on('elsewhere')])).toBeNull();
});
