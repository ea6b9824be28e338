// Whether something answers at the forwarded ports of VMs: found only when somebody asks, remembered for a moment, a few at a time.
import type { PortMapping, VmPortHealth } from '@tt/protocol';
import { type PortToProbe, probePort } from '../../engines/port-probe.ts';
import { Slots } from '../../host/slots.ts';
import { readinessOf } from '../../inventory/guest-readiness.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { isBehindQemu } from '../../network/behind-qemu.ts';
import { nicsOf, type VmRecord } from '../../state/vm-record.ts';

/** However many windows look at it. */
const KEPT_MS = 5_000;
/** Connections of the agent to ports of guests at one moment. */
const WIDTH = 8;
const TIMEOUT_MS = 2_000;
/** Of one VM; others are unknown. */
const MOST_PORTS = 16;

export interface PortHealthParts {
  inventory: Pick<Inventory, 'vm'>;
  nowMs: () => number;
  /** Default: a connection. */
  probe?: typeof probePort;
}

interface Kept {
  atMs: number;
  /** The run and the ports it is of. */
  of: string;
  health: Promise<VmPortHealth>;
}

export class PortHealths {
  readonly #parts: Required<PortHealthParts>;
  readonly #kept = new Map<string, Kept>();
  readonly #slots = new Slots(WIDTH);

  constructor(parts: PortHealthParts) {
    this.#parts = { probe: probePort, ...parts };
  }

  /** Throws VM_NOT_FOUND. */
  look(vmId: string): Promise<VmPortHealth> {
    const { inventory, nowMs } = this.#parts;
    const vm = inventory.vm(vmId);
    this.#forgetOld(nowMs());
    const of = JSON.stringify([vm.status.state, vm.status.runningSince, vm.placement.portMap]);
    const known = this.#kept.get(vmId);
    if (known?.of === of) return known.health;
    const health = this.#probe(vm);
    this.#kept.set(vmId, { atMs: nowMs(), of, health });
    return health;
  }

  #forgetOld(nowMs: number): void {
    for (const [vmId, { atMs }] of this.#kept) if (nowMs - atMs >= KEPT_MS) this.#kept.delete(vmId);
  }

  async #probe(vm: VmRecord): Promise<VmPortHealth> {
    const { portMap } = vm.placement;
    const ports = await Promise.all(
      portMap.map(async (mapping, index) => {
        const { protocol, guestPort } = mapping;
        const isAsked = protocol === 'tcp' && vm.status.state === 'running' && index < MOST_PORTS;
        return {
          protocol,
          guestPort,
          health: isAsked ? await this.#inTurn(toProbe(vm, mapping)) : ('unknown' as const),
        };
      }),
    );
    return { ports };
  }

  #inTurn(port: PortToProbe) {
    return this.#slots
      .use(AbortSignal.timeout(10 * TIMEOUT_MS), () => this.#parts.probe(port, TIMEOUT_MS))
      .catch(() => {
        // So many are asked that its turn did not come.
        return 'unknown' as const;
      });
  }
}

const webPorts: ReadonlySet<number> = new Set([80, 8080]);

function toProbe(vm: VmRecord, { hostAddress, hostPort, guestPort }: PortMapping): PortToProbe {
  const { agentAt, sshAt } = readinessOf(vm);
  const isUp = agentAt !== null || sshAt !== null;
  return {
    host: hostAddress,
    port: hostPort,
    ask: webPorts.has(guestPort) ? 'http' : 'none',
    silenceIsOpen: isUp || !nicsOf(vm).some(({ kind }) => isBehindQemu(kind)),
  };
}
