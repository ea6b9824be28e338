// The lines that tell a helper who its guest is from now on.
import { expect, it } from 'vitest';
import { identityLines } from './guest-identity.ts';

const NOW = new Date(1_790_000_000_042);
const identity = {
  hostname: 'web-1',
  machineId: '0123456789abcdef0123456789abcdef',
  macs: [{ old: '52:54:00:00:00:01', new: '52:54:00:00:00:02' }],
  seed: 'ab12',
  dropbearKey: 'cd34',
};

it('has the seed first, the time to the millisecond, and each part', () => {
  expect(identityLines(identity, NOW)).toBe(
    'seed ab12\nclock 1790000000 42000000\nhost web-1\nmachine 0123456789abcdef0123456789abcdef\n' +
      'mac 52:54:00:00:00:01 52:54:00:00:00:02\ndropbear cd34\n',
  );
});

it('says nothing of what a fenced guest keeps', () => {
  const kept = { ...identity, hostname: null, machineId: null, macs: [], dropbearKey: null };
  expect(identityLines(kept, NOW)).toBe('seed ab12\nclock 1790000000 42000000\n');
});

it('takes nothing that could be a line of its own', () => {
  for (const hostname of ['a\nmac x y', 'a b', '']) {
    expect(() => identityLines({ ...identity, hostname }, NOW)).toThrow('not a word');
  }
});
