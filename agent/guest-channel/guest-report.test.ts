// What is read of the report of a guest’s helper, and what is not believed.
import { expect, it } from 'vitest';
import { readReport } from './guest-report.ts';

const EMPTY = { uptimeMs: null, load: null, memory: null, rootDisk: null, nics: [] };

it('is how the guest is, and the addresses of each interface in their order', () => {
  const lines = [
    'uptime 12345',
    'load 152',
    'memory 98304 51200',
    'disk 1048576 524288',
    'nic eth0 52:54:00:00:00:01',
    'nic eth1.7 52:54:00:00:00:02',
    'address eth0 198.51.100.7/24',
    'address eth1.7 203.0.113.9/32',
    'address eth0 fe80::5054:ff:fe00:1/64',
    'address tun0 10.8.0.1/32',
    '',
  ];
  expect(readReport(lines.join('\n'))).toEqual({
    uptimeMs: 12345,
    load: 1.52,
    memory: { totalMiB: 96, availableMiB: 50 },
    rootDisk: { totalMiB: 1024, freeMiB: 512 },
    nics: [
      { name: 'eth0', mac: '52:54:00:00:00:01', addresses: ['198.51.100.7', 'fe80::5054:ff:fe00:1'] },
      { name: 'eth1.7', mac: '52:54:00:00:00:02', addresses: ['203.0.113.9'] },
    ],
  });
});

it('has nothing of what it does not tell, and leaves out what a newer helper tells besides', () => {
  expect(readReport('')).toEqual(EMPTY);
  expect(readReport('swap 1 2\nconstructor 1\nload 0\n')).toEqual({ ...EMPTY, load: 0 });
});

it('has names that colour no terminal', () => {
  const { nics } = readReport('nic \u001b[31m 52:54:00:00:00:01\naddress \u001b[31m 198.51.100.7/24\n');
  expect(nics).toEqual([{ name: '\\u001b[31m', mac: '52:54:00:00:00:01', addresses: ['198.51.100.7'] }]);
});

it.each([
  ['a word for a number', 'uptime soon'],
  ['a number that is none of this world', `memory ${'9'.repeat(16)} 1`],
  ['an address that is none', 'address eth0 999.1.1.1/24'],
  ['an address without a prefix', 'address eth0 198.51.100.7'],
  ['a MAC that is none', 'nic eth0 <script>'],
  ['a name that no interface can have', `nic ${'x'.repeat(16)} 52:54:00:00:00:01`],
  ['more interfaces than any guest has', 'nic eth0 52:54:00:00:00:01\n'.repeat(257)],
  ['more addresses than any guest has', 'address eth0 198.51.100.7/24\n'.repeat(1025)],
])('is refused for %s', (_what, text) => {
  expect(() => readReport(text)).toThrowError(expect.objectContaining({ code: 'GUEST_HELPER_INVALID' }));
});
