// Calls about the host and who asks, against the fake world; and made-up figures of its running VMs.
import type { Figures } from '@tt/protocol';
import { TtError } from '@tt/protocol';
import { usedBy } from './make.ts';
import { pause } from './operate.ts';
import type { FakeWorld } from './world.ts';

const RULES = `table ip tt-3f2a {
  chain forward {
    type filter hook forward priority filter; policy accept;
    # checkout: no outgoing connections
    iifname "tt3f2a-1" ct state new drop
  }
}`;

export function hostCalls(world: FakeWorld) {
  return {
    show: async () => world.host,
    figures: async () => figuresNow(world),
    firewall: async () => {
      world.checkReachable();
      if (world.me.role !== 'admin') throw new TtError('NOT_ALLOWED', { user: world.me.name, what: 'showFirewall' });
      return {
        drivers: [
          { name: 'nft', text: RULES },
          { name: 'hostfwd', text: '' },
        ],
      };
    },
    tasks: async () => {
      world.checkReachable();
      return { tasks: [] };
    },
    me: async () => {
      world.checkReachable();
      return { ...world.me, used: usedBy(world) };
    },
    ping: async () => {
      world.checkReachable();
      await pause(world.stepMs === 0 ? 0 : 3);
      return { at: new Date().toISOString(), source: world.source };
    },
  };
}

/** Lively but repeatable figures: waves that differ from VM to VM. */
export function figuresNow(world: FakeWorld, now = Date.now()): Figures {
  const running = [...world.vms.values()].filter(({ state }) => state === 'running');
  return {
    at: new Date(now).toISOString(),
    vms: running.map(({ id, resources, netKind }, index) => {
      const wave = (1 + Math.sin(now / (4000 + index * 700) + index)) / 2;
      const rate = netKind === 'user' ? null : Math.round(wave * 200_000);
      return {
        vmId: id,
        cpuPercent: Math.round(resources.cpuCount * 100 * wave * (0.25 + (index % 4) * 0.2) * 10) / 10,
        memoryBytes: Math.round(resources.memoryMiB * 1_048_576 * (0.45 + wave * 0.1)),
        diskReadBytesPerS: Math.round(wave * 40_000),
        diskWrittenBytesPerS: Math.round(wave * 90_000),
        networkReceivedBytesPerS: rate,
        networkSentBytesPerS: rate,
      };
    }),
  };
}
