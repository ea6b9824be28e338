// Where forwards listen: never at the address of the window if the system has another one.
import { createServer } from 'node:net';
import { reason } from '@tt/protocol';
import { expect, it } from 'vitest';
import { canListenAt, chooseForwardAddress } from './forward-address.ts';

const having =
  (...addresses: string[]) =>
  async (address: string) =>
    addresses.includes(address);

it.each([
  [null, '127.0.0.1', ['127.0.0.2', '127.0.0.3'], '127.0.0.2'],
  [null, '127.0.0.2', ['127.0.0.2', '127.0.0.3'], '127.0.0.3'],
  [null, '0.0.0.0', ['127.0.0.2', '127.0.0.3'], '127.0.0.2'],
  ['192.0.2.9', '127.0.0.1', [], '192.0.2.9'],
] as const)('configured %s, window at %s, this host has %j: %s', async (configured, window, has, address) => {
  expect(await chooseForwardAddress(configured, window, having(...has))).toEqual({ address, problem: null });
});

it('falls back to the address every system has, and says why', async () => {
  expect(await chooseForwardAddress(null, '127.0.0.1', having())).toEqual({
    address: '127.0.0.1',
    problem: reason('finding.forwardUnheard', { addresses: '127.0.0.2, 127.0.0.3' }),
  });
  expect(await chooseForwardAddress('127.0.0.1', '127.0.0.1', having('127.0.0.2'))).toEqual({
    address: '127.0.0.1',
    problem: reason('finding.forwardConfigured', { address: '127.0.0.1' }),
  });
});

it('knows by trying what the host can listen at, also while something listens there', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  expect(await canListenAt('127.0.0.1')).toBe(true);
  // TEST-NET-1: no host has it.
  expect(await canListenAt('192.0.2.77')).toBe(false);
  server.close();
});
