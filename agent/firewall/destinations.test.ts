// Blacklists in their normal form: overlaps merged, host bits cleared, invalid entries refused.
import { expect, it } from 'vitest';
import { normaliseDestinations, parseAddress } from './destinations.ts';

it('reads addresses strictly', () => {
  expect(parseAddress('10.0.0.1')).toBe(0x0a000001);
  expect(parseAddress('255.255.255.255')).toBe(0xffffffff);
  for (const text of ['10.0.0', '10.0.0.256', '010.0.0.1', '10.0.0.1 ', '', '::1', '10.0.0.1.2', '1e1.0.0.1']) {
    expect(parseAddress(text), text).toBeNull();
  }
});

it('leaves out what lies inside another block, cuts host bits, sorts', () => {
  expect(normaliseDestinations(['192.0.2.7', '10.1.2.3/8', '10.9.0.0/16', '192.0.2.7/32'])).toEqual([
    '10.0.0.0/8',
    '192.0.2.7',
  ]);
  expect(normaliseDestinations(['10.0.0.0/25', '10.0.0.128/25'])).toEqual(['10.0.0.0/25', '10.0.0.128/25']);
  expect(normaliseDestinations(['224.0.0.0/4', '0.0.0.0/0', '1.1.1.1'])).toEqual(['0.0.0.0/0']);
  expect(normaliseDestinations([])).toEqual([]);
});

it('refuses what is neither', () => {
  for (const text of ['example.com', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', 'fe80::/10', '']) {
    expect(() => normaliseDestinations(['10.0.0.1', text]), text).toThrow(
      expect.objectContaining({ code: 'BAD_DESTINATION' }),
    );
  }
});
