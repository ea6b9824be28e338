// Parsing what nft lists: elements apart from everything else, and differences in words. Listings are those of nft 1.0.6.
import { expect, it } from 'vitest';
import { elementDrift, skeletonDrift } from './drift.ts';
import { ElementDiff, WantedElements } from './elements.ts';
import { parseBlocks, parseListing } from './listing.ts';

const set = (name: string, type: string | string[], elem: unknown[], handle: number) => ({
  set: { family: 'inet', name, table: 'tt_0a1b', type, handle, ...(elem.length > 0 && { elem }) },
});
const rule = (handle: number, drop: string) => ({
  rule: { family: 'inet', table: 'tt_0a1b', chain: 'forward', handle, expr: [{ [drop]: null }] },
});
const FORWARDS = {
  map: {
    family: 'inet',
    name: 'forwards',
    table: 'tt_0a1b',
    type: ['inet_proto', 'inet_service'],
    handle: 7,
    map: 'ipv4_addr . inet_service',
    elem: [
      [{ concat: [6, 40_000] }, { concat: ['10.0.0.2', 22] }],
      [{ concat: [17, 40_001] }, { concat: ['10.0.0.3', 53] }],
      [{ elem: { val: { concat: [132, 1] }, comment: 'no protocol of ours' } }, { concat: ['10.0.0.3', 1] }],
    ],
  },
};
const NIC = { concat: ['br1', '10.0.0.2'] };
const BLOCKED = [
  { concat: ['10.0.0.2', { prefix: { addr: '192.0.2.0', len: 24 } }] },
  { concat: ['10.0.0.2', { range: ['192.0.3.1', '192.0.3.7'] }] },
];
const listing = (...objects: object[]) =>
  JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, ...objects] });

it('reads elements as one would write them', () => {
  const { elements } = parseListing(
    listing(
      FORWARDS,
      set('nics', ['ifname', 'ipv4_addr'], [{ elem: { val: NIC, comment: 'mine' } }], 8),
      set('blacklist', ['ipv4_addr', 'ipv4_addr'], BLOCKED, 9),
      set('confined_uids', 'uid', [{ range: [5000, 5009] }, 7], 10),
      set('denied', 'ipv4_addr', [], 11),
    ),
  );
  expect(Object.fromEntries([...elements].map(([name, held]) => [name, Object.fromEntries(held)]))).toEqual({
    forwards: { 'tcp . 40000': '10.0.0.2 . 22', 'udp . 40001': '10.0.0.3 . 53', '132 . 1': '10.0.0.3 . 1' },
    nics: { '"br1" . 10.0.0.2': '' },
    blacklist: { '10.0.0.2 . 192.0.2.0/24': '', '10.0.0.2 . 192.0.3.1-192.0.3.7': '' },
    confined_uids: { '5000-5009': '', '7': '' },
    denied: {},
  });
});

it('compares all but elements and numbers the kernel gives', () => {
  const reference = parseListing(listing(FORWARDS, rule(1, 'drop'), rule(2, 'accept'))).skeleton;
  const other = { map: { ...FORWARDS.map, handle: 99, elem: [] } };
  expect(reference).not.toBeNull();
  expect(parseListing(listing(other, rule(5, 'drop'), rule(6, 'accept'))).skeleton).toBe(reference);
  expect(parseListing(listing(other, rule(5, 'accept'), rule(6, 'drop'))).skeleton).not.toBe(reference);
  expect(parseListing(listing(other, rule(5, 'drop'))).skeleton).not.toBe(reference);
  expect(parseListing('{"nftables": [{"table": {"flags": ').skeleton).toBeNull();
});

const TEXT = `table inet tt_0a1b {
	comment "TT"
	set denied {
		type ipv4_addr
	}

	chain forward {
		comment "why"
		type filter hook forward priority filter + 5; policy accept;
		ct state established,related accept
		ip saddr @denied drop
	}
}
`;

it('tells rules that are missing, new, or moved, and parts that are', () => {
  const drift = (change: (text: string) => string) => skeletonDrift(parseBlocks(TEXT), parseBlocks(change(TEXT)));
  expect(drift((text) => text)).toEqual([]);
  expect(drift((text) => text.replace('ip saddr @denied drop', 'drop'))).toEqual([
    'chain forward: "ip saddr @denied drop" was missing',
    'chain forward: "drop" was there though it is not ours',
  ]);
  const rules = ['\t\tct state established,related accept\n', '\t\tip saddr @denied drop\n'];
  expect(drift((text) => text.replace(rules.join(''), rules.toReversed().join('')))).toEqual([
    'chain forward: its rules stood in another order',
  ]);
  expect(drift((text) => text.replace('set denied', 'set other'))).toEqual([
    'set denied was missing',
    'set other was there though it is not ours',
  ]);
  expect(drift((text) => text.replace('policy accept', 'policy drop'))).toHaveLength(2);
  expect(drift((text) => text.replace('\tcomment "TT"\n', '\tflags dormant\n'))).toHaveLength(2);
});

it('counts a set that is missing as empty', () => {
  const wanted = new WantedElements();
  wanted.change([], [{ set: 'denied', key: '10.0.0.2', value: '' }], new ElementDiff());
  const { words, diff } = elementDrift(wanted, parseListing(listing()));
  expect(words).toEqual(['10.0.0.2 could open outgoing connections though that is denied']);
  expect(diff.text('t', wanted)).toBe('add element inet t denied { 10.0.0.2 }\n');
});
