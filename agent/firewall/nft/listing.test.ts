// What nft lists, read back: elements and all else apart, and differences in words. Listings are those of nft 1.0.6.
import { expect, it } from 'vitest';
import { elementDrift, skeletonDrift } from './drift.ts';
import { ElementDiff, WantedElements } from './elements.ts';
import { parseListing } from './listing.ts';

const LISTING = `table inet tt_0a1b {
	comment "TT"
	map forwards {
		type inet_proto . inet_service : ipv4_addr . inet_service
		comment "host port : guest"
		elements = { tcp . 40000 : 10.0.0.2 . 22,
			     udp . 40001 : 10.0.0.3 . 53 }
	}

	set cards {
		type ifname . ipv4_addr
		elements = { "br1" . 10.0.0.2 comment "mine, and } yours",
			     "br1" . 10.0.0.3 timeout 1h expires 59m }
	}

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

it('keeps elements apart from rules, and drops what others hung on them', () => {
  const { blocks, elements } = parseListing(LISTING);
  expect(Object.fromEntries(elements.get('forwards') ?? [])).toEqual({
    'tcp . 40000': '10.0.0.2 . 22',
    'udp . 40001': '10.0.0.3 . 53',
  });
  expect([...(elements.get('cards')?.keys() ?? [])]).toEqual(['"br1" . 10.0.0.2', '"br1" . 10.0.0.3']);
  expect(elements.get('denied')?.size).toBe(0);
  expect([...blocks.keys()]).toEqual(['table', 'map forwards', 'set cards', 'set denied', 'chain forward']);
  expect(blocks.get('table')).toEqual(['comment "TT"']);
  expect(blocks.get('chain forward')).toHaveLength(4);
});

it('says nothing when all is as it was', () => {
  expect(skeletonDrift(parseListing(LISTING).blocks, parseListing(LISTING).blocks)).toEqual([]);
});

it('tells rules that are missing, new, or moved, and parts that are', () => {
  const drift = (change: (text: string) => string) =>
    skeletonDrift(parseListing(LISTING).blocks, parseListing(change(LISTING)).blocks);
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
});

it('counts a set that is missing as empty', () => {
  const wanted = new WantedElements();
  wanted.change([], [{ set: 'denied', key: '10.0.0.2', value: '' }], new ElementDiff());
  const { words, diff } = elementDrift(wanted, parseListing('table inet t {\n}\n'));
  expect(words).toEqual(['10.0.0.2 could open outgoing connections though that is denied']);
  expect(diff.text('t', wanted)).toBe('add element inet t denied { 10.0.0.2 }\n');
});
