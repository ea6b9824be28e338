// Names of interfaces fit the kernel's limits and identify their agent; MACs and DNS labels are well formed.
import { expect, it } from 'vitest';
import { createMac, macNumber } from './mac.ts';
import { checkTag, dnsLabel, linkName, readLinkName } from './names.ts';

it('makes interface names that fit, and reads them back', () => {
  const names = [
    linkName('a1b2', 'bridge', 1),
    linkName('a1b2', 'tap', 0xff_ffff),
    linkName('a1b2', 'limiter', 0xff_ffff),
    linkName('a1b2', 'vxlan', 46_655),
    linkName('a1b2', 'segmentPlug', 46_655, 99),
  ];
  expect(names).toEqual(['ttba1b21', 'ttta1b29zldr', 'ttia1b29zldr', 'ttxa1b2zzz', 'ttpa1b2zzz-99']);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(15);
  expect(readLinkName('a1b2', 'ttta1b29zldr')).toEqual({ role: 'tap', number: 0xff_ffff, segment: null });
  expect(readLinkName('a1b2', 'ttpa1b2zzz-99')).toEqual({ role: 'segmentPlug', number: 46_655, segment: 99 });
});

it('takes nothing of another agent, or of anybody, for its own', () => {
  for (const name of ['eth0', 'tta', 'ttba1b2', 'ttba1b31', 'ttza1b21', 'xttba1b21', 'ttba1b21.5', 'br-ttba1b21']) {
    expect(readLinkName('a1b2', name)).toBeNull();
  }
});

it('refuses what would be cut, and odd tags', () => {
  expect(() => linkName('a1b2', 'segment', 46_655 * 36, 9_999)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
  for (const tag of ['', 'A1B2', 'a1b', 'a1b2c', 'a1/2']) {
    expect(() => checkTag(tag)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  }
});

it('makes each MAC once', () => {
  const taken = new Set<string>();
  for (let i = 0; i < 500; i++) taken.add(createMac(taken));
  expect([taken.size, [...taken].filter((mac) => !/^52:54:00(:[0-9a-f]{2}){3}$/.test(mac))]).toEqual([500, []]);
  expect(macNumber('52:54:00:01:02:ff')).toBe(0x01_02_ff);
});

it.each([
  ['web-1', 'web-1'],
  ['My Shop_1', 'my-shop-1'],
  ['-a-', 'a'],
  ['Übung', 'bung'],
  ['...', 'unnamed'],
  [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  ['x\n10.0.0.1 bank', 'x-10-0-0-1-bank'],
])('makes a DNS label of %j: %s', (text, label) => {
  expect(dnsLabel(text)).toBe(label);
});
