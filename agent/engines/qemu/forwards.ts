// Opens and closes forwarded ports of a running guest's user networking. QMP has no command for it, so it uses QEMU's human
// monitor (QEMU's hmp-commands.hx, net/slirp.c), which reports failures as text. Used by `running-qemu.ts`.
import { EngineError } from '../errors.ts';
import type { ForwardChange, PortForward, VmSpec } from '../interface.ts';
import { hostForward } from './command-line.ts';
import { askMonitor } from './monitor.ts';
import type { QmpClient } from './qmp-client.ts';

/** Those of one machine that are open now. */
export class OpenForwards {
  readonly #qmp: QmpClient;
  readonly #byNic: Map<number, readonly PortForward[]>;

  /** `nics`: as its process was started. */
  constructor(qmp: QmpClient, nics: VmSpec['nics']) {
    this.#qmp = qmp;
    this.#byNic = new Map(nics.map((nic, index) => [index, nic.kind === 'user' ? nic.forwards : []]));
  }

  get byNic(): ReadonlyMap<number, readonly PortForward[]> {
    return this.#byNic;
  }

  /** See RunningVm.changeForwards. */
  async change(nicIndex: number, change: ForwardChange): Promise<void> {
    await changeForwards(this.#qmp, nicIndex, change);
    const isRemoved = (open: PortForward) =>
      change.remove.some(({ protocol, hostPort }) => protocol === open.protocol && hostPort === open.hostPort);
    const left = (this.#byNic.get(nicIndex) ?? []).filter((open) => !isRemoved(open));
    this.#byNic.set(nicIndex, [...left, ...change.add]);
  }
}

/** All or nothing. */
export async function changeForwards(qmp: QmpClient, nicIndex: number, change: ForwardChange): Promise<void> {
  const netdev = `net${nicIndex}`;
  const undo: (() => Promise<unknown>)[] = [];
  try {
    // First, so that a port can get another guest port in one go.
    for (const forward of change.remove) {
      if (await removeForward(qmp, netdev, forward)) undo.unshift(() => addForward(qmp, netdev, forward));
    }
    for (const forward of change.add) {
      await addForward(qmp, netdev, forward);
      undo.unshift(() => removeForward(qmp, netdev, forward));
    }
  } catch (error) {
    for (const step of undo) {
      await step().catch((cause: unknown) => {
        const message = `${(error as Error).message}; and the ports could not be restored: ${(cause as Error).message}`;
        throw new EngineError('COMMAND_FAILED', message, { cause });
      });
    }
    throw error;
  }
}

async function addForward(qmp: QmpClient, netdev: string, forward: PortForward): Promise<void> {
  const answer = await askMonitor(qmp, `hostfwd_add ${netdev} ${hostForward(forward, 'COMMAND_FAILED')}`);
  // Silence is success.
  if (answer !== '') throw new EngineError('COMMAND_FAILED', `QEMU can't forward the port: ${answer}`);
}

/** False if there was none. */
async function removeForward(qmp: QmpClient, netdev: string, forward: PortForward): Promise<boolean> {
  // Known by its host side alone: all before the `-`.
  const [hostSide] = hostForward(forward, 'COMMAND_FAILED').split('-');
  const answer = await askMonitor(qmp, `hostfwd_remove ${netdev} ${hostSide}`);
  if (answer.endsWith(' removed')) return true;
  if (answer.endsWith(' not found') && answer.startsWith('host forwarding rule')) return false;
  throw new EngineError('COMMAND_FAILED', `QEMU can't close the port: ${answer}`);
}
