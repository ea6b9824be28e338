// Edge cases of IPv4 arithmetic.
import { describe, expect, it } from 'vitest';
import {
  blockCount,
  contains,
  firstFreeBlock,
  formatAddress,
  formatCidr,
  lastAddress,
  netmask,
  nthBlock,
  overlaps,
  parseAddress,
  parseCidr,
  prefixLengthFor,
  reverseZones,
  sizeOf,
} from './address-pool.ts';

it('reads and writes addresses, also above 127', () => {
  for (const text of ['0.0.0.0', '10.210.3.1', '192.0.2.255', '255.255.255.255']) {
    expect(formatAddress(parseAddress(text))).toBe(text);
  }
  expect(parseAddress('255.255.255.255')).toBe(2 ** 32 - 1);
});

it.each(['', '10.0.0', '10.0.0.256', '10.0.0.0.0', '10.0.0.0/33', '10.0.0.1/24', '10.0.0.0/', '10.0.0.0/x', 'fe80::1'])(
  'refuses %j',
  (text) => {
    expect(() => parseCidr(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  },
);

it('reads CIDRs, and single addresses as the smallest', () => {
  expect(parseCidr('192.0.2.7')).toEqual({ base: parseAddress('192.0.2.7'), prefixLength: 32 });
  const whole = parseCidr('0.0.0.0/0');
  expect([formatAddress(lastAddress(whole)), netmask(whole)]).toEqual(['255.255.255.255', '0.0.0.0']);
  expect(netmask(parseCidr('10.210.0.0/21'))).toBe('255.255.248.0');
  expect(contains(parseCidr('10.210.0.0/24'), parseAddress('10.210.0.255'))).toBe(true);
  expect(contains(parseCidr('10.210.0.0/24'), parseAddress('10.210.1.0'))).toBe(false);
  expect(overlaps(parseCidr('10.0.0.0/8'), parseCidr('10.255.255.255'))).toBe(true);
  expect(overlaps(parseCidr('10.0.0.0/24'), parseCidr('10.0.1.0/24'))).toBe(false);
});

it.each([
  [0, 24],
  [1, 24],
  [253, 24],
  [254, 23],
  [509, 23],
  [510, 22],
  [2000, 21],
  [2045, 21],
  [2046, 20],
])('%i guests fit a /%i', (guests, prefixLength) => {
  expect(prefixLengthFor(guests)).toBe(prefixLength);
  expect(sizeOf({ prefixLength }) - 3).toBeGreaterThanOrEqual(guests);
});

describe('the first free block', () => {
  const free = (pool: string, prefixLength: number, taken: string[]) => {
    const block = firstFreeBlock(parseCidr(pool), prefixLength, taken.map(parseCidr));
    return block && formatCidr(block);
  };
  it.each<[string, number, string[], string | null]>([
    ['10.210.0.0/16', 24, [], '10.210.0.0/24'],
    ['10.210.0.0/16', 24, ['10.210.0.0/24', '10.210.2.0/24'], '10.210.1.0/24'],
    ['10.210.0.0/16', 21, ['10.210.0.0/24'], '10.210.8.0/21'],
    ['10.210.0.0/16', 24, ['10.210.0.0/21', '10.210.9.0/24'], '10.210.8.0/24'],
    ['10.210.0.0/16', 24, ['10.210.0.200', '10.210.1.0/25'], '10.210.2.0/24'],
    ['10.210.0.0/16', 24, ['10.0.0.0/8'], null],
    ['10.210.0.0/24', 24, ['10.210.0.9'], null],
    ['10.210.0.0/24', 23, [], null],
    ['255.255.254.0/23', 24, ['255.255.254.0/24'], '255.255.255.0/24'],
    ['255.255.254.0/23', 24, ['255.255.254.0/24', '255.255.255.255'], null],
  ])('of %s as /%i beside %j is %s', (pool, prefixLength, taken, expected) => {
    expect(free(pool, prefixLength, taken)).toBe(expected);
  });

  it('is found 256 times in a /16, and then no more', () => {
    const taken: string[] = [];
    for (let found = free('10.210.0.0/16', 24, taken); found; found = free('10.210.0.0/16', 24, taken)) {
      taken.push(found);
    }
    expect([new Set(taken).size, taken.at(-1)]).toEqual([256, '10.210.255.0/24']);
  });
});

it('counts blocks, and names their reverse zones', () => {
  const pool = parseCidr('10.200.0.0/16');
  expect([blockCount(pool, 20), blockCount(pool, 16), blockCount(pool, 15)]).toEqual([16, 1, 0]);
  expect(formatCidr(nthBlock(pool, 20, 15))).toBe('10.200.240.0/20');
  expect(reverseZones(parseCidr('10.210.3.0/24'))).toEqual(['3.210.10.in-addr.arpa']);
  expect(reverseZones(parseCidr('10.210.2.0/23'))).toEqual(['2.210.10.in-addr.arpa', '3.210.10.in-addr.arpa']);
  expect(reverseZones(parseCidr('10.210.0.0/16'))).toEqual(['210.10.in-addr.arpa']);
});
