// The shells that are open in guests: lets them begin, counts them, and tells how each has ended.
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MOST_SHELLS, reason, type ShellEnd, type TerminalSize, TtError, toErrorRecord } from '@tt/protocol';
import type { Logger } from 'pino';
import { EngineError } from '../engines/errors.ts';
import type { GuestChannel } from '../guest-channel/guest-channel.ts';
import type { GuestChannels } from '../guest-channel/guest-channels.ts';
import type { GuestCommand } from '../guest-channel/guest-command.ts';
import { GuestError } from '../guest-channel/guest-error.ts';
import { signalName } from '../host/signal-name.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RunningVms } from '../operations/vms/running-vms.ts';
import { whyGone } from '../runs/run-on-vm.ts';
import { endedShell, ShellStream } from './shell-stream.ts';

/** Enough to put the helper into a guest on a busy host. */
const ANSWER_MS = 15_000;
/** How long viewers may take to read that the agent ends. */
const LAST_WORDS_MS = 1_000;

export interface ShellRequest extends TerminalSize {
  vmId: string;
  user?: string | undefined;
  /** Undefined: the login shell of the user. */
  command?: readonly string[] | undefined;
  cwd?: string | undefined;
  environment?: Readonly<Record<string, string>> | undefined;
  terminalType: string;
}

export interface ShellsParts {
  inventory: Pick<Inventory, 'vm' | 'findVm'>;
  running: Pick<RunningVms, 'get' | 'need'>;
  guestChannels: Pick<GuestChannels, 'open'>;
  logger: Logger;
}

interface OpenShell {
  vmId: string;
  callerName: string;
  command: GuestCommand;
  stream: Duplex;
}

export class Shells {
  readonly #parts: ShellsParts;
  readonly #open = new Set<OpenShell>();
  #isClosing = false;

  constructor(parts: ShellsParts) {
    this.#parts = parts;
  }

  /** Rejects with VM_NOT_RUNNING, SHELL_LIMIT, SHELL_VM_LIMIT or SHELL_GUEST_UNREACHABLE if none can be opened now. */
  async mustBePossible(request: ShellRequest, callerName: string): Promise<void> {
    await this.#reach(request, callerName);
  }

  /** For a stream: what is wrong is told in it, as the end of a shell that never began. Rejects for faults of the program only. */
  async open(request: ShellRequest, callerName: string): Promise<Duplex> {
    const { vmId } = request;
    try {
      const channel = await this.#reach(request, callerName);
      // Others may have opened theirs meanwhile.
      this.#mustFit(vmId, callerName);
      return this.#start(channel, request, callerName);
    } catch (error) {
      if (!(error instanceof TtError)) throw error;
      return endedShell(failed(error));
    }
  }

  /** Ends all of them, and tells their viewers. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const open = [...this.#open];
    const closed = open.map(({ stream }) => new Promise<void>((resolve) => stream.once('close', () => resolve())));
    for (const { command } of open) command.end(new GuestError('GUEST_CHANNEL_CLOSED', 'the agent ended'));
    await Promise.race([Promise.all(closed), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    for (const { stream } of open) stream.destroy();
  }

  async #reach(request: ShellRequest, callerName: string): Promise<GuestChannel> {
    const { inventory, running, guestChannels } = this.#parts;
    const { vmId } = request;
    if (this.#isClosing) throw new TtError('AGENT_GONE', { call: 'console.openShell' });
    const machine = running.need(vmId);
    const { name: vmName, spec } = inventory.vm(vmId);
    const unreachable = (why: GuestError['reason'], cause?: unknown) =>
      new TtError('SHELL_GUEST_UNREACHABLE', { vmName, reason: why }, { cause });
    this.#mustFit(vmId, callerName);
    if (spec.guestHelper === 'off') throw unreachable(reason('guestHelperOff'));
    let channel: GuestChannel;
    try {
      channel = await guestChannels.open(machine, ANSWER_MS);
    } catch (error) {
      if (!(error instanceof GuestError || error instanceof EngineError)) throw error;
      throw unreachable(error.reason, error);
    }
    if (request.command === undefined && !channel.has('shells')) throw unreachable(reason('guestHelperOld'));
    return channel;
  }

  #mustFit(vmId: string, callerName: string): void {
    const open = [...this.#open];
    if (open.filter((one) => one.callerName === callerName).length >= MOST_SHELLS.person)
      throw new TtError('SHELL_LIMIT', { most: MOST_SHELLS.person });
    if (open.filter((one) => one.vmId === vmId).length >= MOST_SHELLS.vm) {
      const { name: vmName } = this.#parts.inventory.vm(vmId);
      throw new TtError('SHELL_VM_LIMIT', { vmName, most: MOST_SHELLS.vm });
    }
  }

  #start(channel: GuestChannel, request: ShellRequest, callerName: string): Duplex {
    const { vmId, user, command: argv, cwd, environment, terminalType, columns, rows } = request;
    const command = channel.exec({
      argv: argv ?? [],
      isLoginShell: argv === undefined,
      terminal: { columns, rows },
      env: { ...environment, TERM: terminalType },
      ...(user !== undefined && { user }),
      ...(cwd !== undefined && { cwd }),
    });
    const stream = new ShellStream(command, this.#endOf(vmId, command));
    const shell = { vmId, callerName, command, stream };
    const { logger } = this.#parts;
    this.#open.add(shell);
    logger.info({ vmId, user: callerName }, 'a shell was opened');
    stream.once('close', () => {
      this.#open.delete(shell);
      logger.info({ vmId, user: callerName }, 'a shell was closed');
    });
    return stream;
  }

  async #endOf(vmId: string, command: GuestCommand): Promise<ShellEnd> {
    const { inventory, running } = this.#parts;
    const machine = running.get(vmId);
    const { name: vmName } = inventory.vm(vmId);
    try {
      const { exitCode, signal } = await command.exit;
      return { exitCode, signal: signal === null ? null : signalName(signal), failure: null };
    } catch (error) {
      if (!(error instanceof GuestError)) throw error;
      if (error.code === 'GUEST_REFUSED_COMMAND')
        return failed(new TtError('SHELL_REFUSED', { vmName, reason: error.reason }));
      const why = this.#isClosing ? reason('agentEnded') : await whyGone(this.#parts, vmId, error, machine);
      return failed(new TtError('SHELL_ENDED', { vmName, reason: why }));
    }
  }
}

function failed(error: TtError): ShellEnd {
  return { exitCode: null, signal: null, failure: toErrorRecord(error) };
}
