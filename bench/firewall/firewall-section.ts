// Section `firewall`: changes of the nft driver against bare nft, in a network namespace of its own (so it needs root).
import path from 'node:path';
import { RunError, runCommand } from '../../agent/host/run-command.ts';
import { atMost, type Comparison, type Goal, pair } from '../comparison.ts';
import type { Section } from '../section.ts';
import { median, min } from '../statistics.ts';
import { BULK, BULK_PORTS_PER_VM, type FirewallMeasures, HELD } from './measure.ts';

const TIMEOUT_MS = 600_000;

export const firewallSection: Section = {
  name: 'firewall',
  title: 'ports of guests: one change, many at once, and the look for drift, against bare nft',
  async run({ resources, quick, say }) {
    const namespace = `ttbench${process.pid}`;
    const ip = (...args: string[]) => runCommand('ip', args, { timeoutMs: TIMEOUT_MS });
    await ip('netns', 'add', namespace);
    resources.defer(async () => {
      await ip('netns', 'del', namespace).catch((error: unknown) => {
        if (!(error instanceof RunError)) throw error;
        say(`namespace ${namespace} was not removed: ${error.stderr}`);
      });
    });
    say(`measuring in network namespace ${namespace} ...`);
    const program = path.join(import.meta.dirname, 'measure.ts');
    const { stdout } = await ip('netns', 'exec', namespace, process.execPath, program, quick ? 'quick' : 'full');
    const measures = JSON.parse(stdout) as FirewallMeasures;
    return {
      comparisons: compare(measures),
      notes: [
        'ours includes working out the difference; both start one nft process per change',
        'removing an element waits in the kernel (the row with "instead of"), whoever asks for it',
      ],
      peerCommands: [
        "one port: nft add element inet peer forwards '{ tcp . 40001 : 10.210.0.0 . 22 }'; for the ratio to one held: ours",
        'another port: nft -f - with "delete element ..." and "add element ..."',
        `${BULK} ports: nft -f - with ${BULK} lines "add rule inet peer pre tcp dport 10001 dnat ip to 10.210.0.1:22"`,
        'with source addresses: 500 lines more, "add rule inet peer guard iifname "ttb0" ip saddr 10.210.0.1 accept"',
        'drift: nft -j list map inet tt_be7c forwards',
      ],
    };
  },
};

function compare({ addOne, replaceOne, bulk, reconcile }: FirewallMeasures): Comparison[] {
  const [one, many] = addOne;
  if (!one || !many) throw new Error('nothing was measured');
  return [
    line('one port more, 1 held', one.ours, one.bare, atMost(2)),
    line(`one port more, ${HELD} held`, many.ours, many.bare, atMost(2)),
    line(`one port more, ${HELD} held against 1 held`, many.ours, one.ours, atMost(1.2)),
    line(`one port instead of another, ${HELD} held`, replaceOne.ours, replaceOne.bare, null),
    line(`${BULK} ports of ${BULK / BULK_PORTS_PER_VM} VMs at once`, bulk.ours, bulk.peer, atMost(0.5)),
    line('the same, the peer with a rule for the source address of each VM too', bulk.ours, bulk.alike, atMost(0.5)),
    line(`look for drift, ${HELD} held, none found`, reconcile.ours, reconcile.peer, atMost(1.3)),
  ];
}

function line(what: string, ours: readonly number[], peer: readonly number[], goal: Goal | null): Comparison {
  const both = (values: readonly number[]) => pair({ min: min(values), median: median(values) }, 'ms');
  return { what, ours: both(ours), peer: both(peer), ratio: median(ours) / median(peer), goal };
}
