// Which networks look like a fault.
import { reason } from '@tt/protocol';
import { expect, test } from 'vitest';
import { networkMark } from './network-mark.ts';

test('a network that nobody has set up is no failure, one that does not work is', () => {
  expect(networkMark(null)).toBe('running');
  expect(networkMark(reason('notConfigured'))).toBe('empty');
  expect(networkMark(reason('network.BRIDGE_MISSING'))).toBe('failed');
});
