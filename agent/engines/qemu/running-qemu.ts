// One running QEMU as operations see it. Created by `qemu-engine.ts` after a start or an adoption.
import type { TypingEvent } from '@tt/protocol';
import { constants } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcFile } from '@tt/client/node';
import { isThere } from '../../host/is-there.ts';
import { memoryBytes, type ProcessIdentity, signalProcess, waitUntilGone } from '../../host/process-identity.ts';
import { EngineError } from '../errors.ts';
import { type GuestAgentLink, pingGuestAgent } from '../guest-agent.ts';
import { askAgent, execInGuest, setTimeInGuest } from '../guest-exec.ts';
import type {
  CdName,
  DriveLimits,
  ForwardChange,
  GuestExecOptions,
  GuestExecResult,
  LettingGo,
  LiveSave,
  LiveSaveOptions,
  LoadOptions,
  PortForward,
  RunningVm,
  SaveOptions,
  Screenshot,
  TroubleListener,
  VmDrive,
  VmExit,
  VmSockets,
  VmSpec,
} from '../interface.ts';
import { GUEST_HELPER_PORT, nicDevice, pathForQemu } from './command-line.ts';
import { attachDrive, changeCd, detachDrive, growDisk, limitDrive } from './drives.ts';
import { type ExitClues, explainExit } from './exit-reason.ts';
import { changeForwards } from './forwards.ts';
import { openPlainFile } from './guarded-files.ts';
import { GuestPort } from './guest-port.ts';
import { typeOnKeyboard } from './keyboard.ts';
import { beginLiveSave, type RunningSave } from './live-save.ts';
import { keepLogsShort } from './log-limit.ts';
import { readLogTail } from './log-tail.ts';
import type { ProcessEnd } from './process.ts';
import type { QmpClient } from './qmp-client.ts';
import type { QueryStatusResultStatus } from './qmp-schema.gen.ts';
import { Restarts } from './restarts.ts';
import { type RunFiles, runFiles } from './run-files.ts';
import { deleteState, loadState, type StateContext, saveState } from './saved-states.ts';
import { FOUND_STOPPED, Troubles } from './troubles.ts';

/** How long QEMU can take to end after `quit`, which also writes its caches to the disk. */
const QUIT_TIMEOUT_MS = 3_000;
/** After SIGKILL only a process stuck in the kernel is still there. */
const KILL_TIMEOUT_MS = 10_000;

/** Between looks whether one that ends has let go. */
const LET_GO_LOOK_MS = 1;

const PRESS_AGAIN_MS = 3_000;
/** The size of a state besides the guest's memory: 16 MiB of video memory, devices, tables of the disk's format. */
const STATE_OVERHEAD_BYTES = 24 * 1024 * 1024;

export interface RunningQemuParts {
  spec: VmSpec;
  process: ProcessIdentity;
  qmp: QmpClient;
  acceleration: 'kvm' | 'tcg';
  /** How an adopted one was found; default: just started. */
  status?: QueryStatusResultStatus;
  /** Only for a process of ours: how it ended. */
  ended?: () => Promise<ProcessEnd>;
}

export class RunningQemu implements RunningVm {
  readonly id: string;
  readonly process: ProcessIdentity;
  readonly sockets: VmSockets;
  readonly acceleration: 'kvm' | 'tcg';
  readonly exited: Promise<VmExit>;
  readonly #spec: VmSpec;
  readonly #files: RunFiles;
  readonly #qmp: QmpClient;
  readonly #clues: ExitClues = {};
  readonly #states: StateContext;
  /** The end of the last requested change of states or drives: they run one by one. */
  #changes: Promise<unknown> = Promise.resolve();
  /** The end of the one that runs: QEMU may not answer until then. */
  #stateWork: Promise<unknown> = Promise.resolve();
  readonly #guestPort: GuestPort;
  /** The end of the last text typed: two at a time would get mixed, and overrun the guest. */
  #typing: Promise<unknown> = Promise.resolve();
  readonly #troubles: Troubles;
  readonly #stopTrimming: () => void;
  readonly #restarts: Restarts;
  /** The last one that has begun. */
  #save: RunningSave | null = null;
  /** Open ones, by NIC. */
  readonly #forwards: Map<number, readonly PortForward[]>;
  #detached = false;
  #hasLetGo = false;
  #screenshots = 0;

  constructor(parts: RunningQemuParts) {
    this.#spec = parts.spec;
    this.#forwards = new Map(parts.spec.nics.map((nic, index) => [index, nic.kind === 'user' ? nic.forwards : []]));
    this.#qmp = parts.qmp;
    this.id = parts.spec.id;
    this.process = parts.process;
    this.acceleration = parts.acceleration;
    this.#files = runFiles(parts.spec);
    const { vnc, serial, guestAgent, guestHelper } = this.#files;
    this.sockets = { vnc, serial, guestAgent, guestHelper };
    this.#states = {
      qmp: parts.qmp,
      spec: parts.spec,
      pid: parts.process.pid,
      // Memory the guest never touched is not saved; what QEMU holds for itself is counted, so this errs on the safe side.
      estimateBytes: async () => {
        const mostBytes = parts.spec.memoryMiB * 1024 * 1024 + STATE_OVERHEAD_BYTES;
        return Math.min(await memoryBytes(parts.process), mostBytes);
      },
    };
    parts.qmp.on('SHUTDOWN', (data) => {
      this.#clues.shutdown = data;
    });
    this.#restarts = new Restarts(parts.qmp);
    this.#guestPort = new GuestPort(parts.qmp, () => this.#stateWork);
    this.#troubles = new Troubles(parts.qmp);
    const found = parts.status === undefined ? undefined : FOUND_STOPPED[parts.status];
    if (found) this.#troubles.raise(found);
    this.#stopTrimming = keepLogsShort(this.#files);
    this.exited = this.#watch(parts.ended);
  }

  /** False after `detach`, when another connection is needed to talk to the process, and once another one takes its place. */
  get isAttached(): boolean {
    return !this.#detached && !this.#hasLetGo;
  }

  async pause(): Promise<void> {
    await this.#stateWork;
    await this.#qmp.execute('stop', {});
  }

  async resume(): Promise<void> {
    await this.#stateWork;
    await this.#qmp.execute('cont', {});
  }

  async isPaused(): Promise<boolean> {
    await this.#stateWork;
    const { running, status } = await this.#qmp.execute('query-status', {});
    // A live save that came to its end before it was held has stopped the guest, which goes on with the others.
    return !running && status !== 'finish-migrate';
  }

  get isInTrouble(): boolean {
    return this.#troubles.isHalted;
  }

  async reset(): Promise<void> {
    await this.#stateWork;
    await this.#qmp.execute('system_reset', {});
  }

  async powerDown(timeoutMs: number): Promise<void> {
    // A stopped guest can't hear the button, and one still booting does not listen yet: so it is pressed again and again.
    await this.resume();
    const press = () => this.#qmp.execute('system_powerdown', {});
    await press();
    const again = setInterval(() => void press().catch(() => {}), PRESS_AGAIN_MS);
    const ended = await this.#endsWithin(timeoutMs);
    clearInterval(again);
    if (!ended) throw new EngineError('ENGINE_TIMEOUT', `the guest did not power off within ${timeoutMs} ms`);
  }

  saveState(tag: string, options: SaveOptions): Promise<void> {
    return this.#mutex(() => saveState(this.#states, tag, options));
  }

  beginSave(tag: string, options: LiveSaveOptions): Promise<LiveSave> {
    const begun = this.#changes.then(() => beginLiveSave(this.#states, tag, options));
    this.#changes = begun.then(
      (save) => {
        this.#save = save;
        return save.over;
      },
      () => {},
    );
    return begun;
  }

  loadState(tag: string, options: LoadOptions): Promise<void> {
    return this.#mutex(() => loadState(this.#states, tag, options));
  }

  deleteState(tag: string): Promise<void> {
    return this.#mutex(() => deleteState(this.#states, tag));
  }

  async screenshot(): Promise<Screenshot> {
    await this.#stateWork;
    const filename = path.join(this.#spec.runDirectory, `screen-${++this.#screenshots}.png`);
    try {
      await this.#qmp.execute('screendump', { filename: pathForQemu(this.#spec, filename), format: 'png' });
      await using file = await openPlainFile(filename, constants.O_RDONLY);
      return { png: await file.readFile(), takenAt: new Date() };
    } finally {
      await rm(filename, { force: true });
    }
  }

  changeForwards(nicIndex: number, change: ForwardChange): Promise<void> {
    return this.#mutex(async () => {
      await changeForwards(this.#qmp, nicIndex, change);
      const isRemoved = (open: PortForward) =>
        change.remove.some(({ protocol, hostPort }) => protocol === open.protocol && hostPort === open.hostPort);
      const left = (this.#forwards.get(nicIndex) ?? []).filter((open) => !isRemoved(open));
      this.#forwards.set(nicIndex, [...left, ...change.add]);
    });
  }

  resizeDisk(sizeMiB: number, name = 'disk0'): Promise<void> {
    return this.#mutex(() => growDisk(this.#qmp, sizeMiB, name));
  }

  attachDrive(drive: VmDrive): Promise<void> {
    return this.#mutex(() => attachDrive(this.#qmp, this.#spec, drive));
  }

  detachDrive(name: string): Promise<void> {
    return this.#mutex(() => detachDrive(this.#qmp, name));
  }

  setDriveLimits(name: string, limits: DriveLimits | null): Promise<void> {
    return this.#mutex(() => limitDrive(this.#qmp, name, limits));
  }

  changeCd(name: CdName, medium: string | null): Promise<void> {
    return this.#mutex(() => changeCd(this.#qmp, this.#spec, name, medium));
  }

  setLinks(up: boolean): Promise<void> {
    return this.#mutex(async () => {
      for (const [index, { kind }] of this.#spec.nics.entries()) {
        const name = kind === 'switch' ? nicDevice(index) : `net${index}`;
        await this.#qmp.execute('set_link', { name, up });
      }
    });
  }

  dropNetworks(): Promise<void> {
    return this.#mutex(async () => {
      // User networking has a section of its own in a saved state, which a tap does not know.
      for (const index of this.#spec.nics.keys()) await this.#qmp.execute('netdev_del', { id: `net${index}` });
    });
  }

  guestAnswers(timeoutMs: number): Promise<boolean> {
    return this.#guestPort.turn(() => pingGuestAgent(this.sockets.guestAgent, timeoutMs));
  }

  async isHelperPortOpen(timeoutMs: number): Promise<boolean> {
    const devices = await this.#qmp.execute('query-chardev', {}, { timeoutMs });
    return devices.some((device) => device.label === GUEST_HELPER_PORT && device['frontend-open']);
  }

  guestExec(argv: readonly string[], options: GuestExecOptions): Promise<GuestExecResult> {
    return execInGuest(this.sockets.guestAgent, this.#guestPort.turn, argv, options);
  }

  askGuestAgent<Answer>(work: (agent: GuestAgentLink) => Promise<Answer>, timeoutMs: number): Promise<Answer> {
    return askAgent(this.sockets.guestAgent, this.#guestPort.turn, work, timeoutMs);
  }

  setGuestTime(now: () => Date): Promise<boolean> {
    return setTimeInGuest(this.sockets.guestAgent, this.#guestPort.turn, now);
  }

  typeKeys(strokes: readonly (readonly TypingEvent[])[], timeoutMs: number): Promise<number> {
    const typed = this.#typing.then(async () => {
      await this.#stateWork;
      return typeOnKeyboard(this.#qmp, strokes, timeoutMs);
    });
    this.#typing = typed.catch(() => {});
    return typed;
  }

  async hasWritten(): Promise<boolean> {
    // Made anew at each start. It is emptied when it gets long; a guest that writes so much has more to say.
    return (await stat(this.#files.serialLog)).size > 0;
  }

  onTrouble(listener: TroubleListener): () => void {
    return this.#troubles.listen(listener);
  }

  onRestart(listener: () => void): () => void {
    return this.#restarts.listen(listener);
  }

  detach(): void {
    this.#detached = true;
    this.#stopTrimming();
    this.#qmp.close();
  }

  /** Ends the process: by its own `quit` first, by SIGKILL when that takes too long. ENGINE_TIMEOUT when even that fails. */
  async quit(): Promise<void> {
    this.#clues.stopped = true;
    // The answer does not matter, and may never come: QEMU can be ending, hanging, or in the middle of a save.
    void this.#qmp.execute('quit', {}, { timeoutMs: QUIT_TIMEOUT_MS }).catch(() => {});
    if (!(await this.#endsWithin(QUIT_TIMEOUT_MS))) await killUnlessGone(this.process, 0);
    await this.exited;
  }

  async letGo(): Promise<LettingGo> {
    const held = this.#save?.held;
    if (held) {
      await held.standAside(this.process, this.#forwards);
      this.#stopTrimming();
      this.#hasLetGo = true;
      return 'aside';
    }
    const ended = this.quit().then(() => 'ended' as const);
    const how = await Promise.race([ended, this.#untilLetGo()]);
    // It may take longer than anybody waits for; nothing of it is in the way.
    if (how === 'freeing') ended.catch(() => {});
    this.#hasLetGo = true;
    return how;
  }

  /**
   * QEMU closes disks and networks before it removes the names of its sockets, the last thing it does (`qemu_cleanup`). The kernel has
   * taken its memory, so that it can do no more, before it begins to free it, which takes a fraction of a second for each GiB; then there
   * are no arguments any more (proc(5)). One that is killed has removed nothing: its end is waited for.
   */
  async #untilLetGo(): Promise<'freeing'> {
    let hasEnded = false;
    void this.exited.then(() => {
      hasEnded = true;
    });
    await this.#qmp.closed;
    const { qmp, serial, guestAgent, guestHelper } = this.#files;
    const isOpen = async () => (await Promise.all([qmp, serial, guestAgent, guestHelper].map(isThere))).includes(true);
    while ((await isOpen()) || (await readProcFile(this.process.pid, 'cmdline'))) {
      if (hasEnded) return new Promise(() => {});
      await delay(LET_GO_LOOK_MS);
    }
    return 'freeing';
  }

  /** One after the other, also after a live save; other commands only wait for what keeps QEMU from answering. */
  #mutex<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#changes.then(() => {
      const working = work();
      this.#stateWork = working.catch(() => {});
      return working;
    });
    this.#changes = result.catch(() => {});
    return result;
  }

  async #endsWithin(timeoutMs: number): Promise<boolean> {
    const timeUp = Promise.withResolvers<false>();
    const timer = setTimeout(() => timeUp.resolve(false), timeoutMs);
    const ended = await Promise.race([this.exited.then(() => true), timeUp.promise]);
    clearTimeout(timer);
    return ended;
  }

  async #watch(ended: RunningQemuParts['ended']): Promise<VmExit> {
    // The kernel closes the socket of a dead process at once; what QEMU wrote to it before is read first.
    await this.#qmp.closed;
    this.#stopTrimming();
    // Nobody watches any more after `detach`: the next agent will.
    if (this.#detached) return new Promise(() => {});
    // A child's end is told by the kernel; another process has to be looked at.
    if (ended) this.#clues.end = await ended();
    else await waitUntilGone(this.process, Number.POSITIVE_INFINITY);
    const logTail = await readLogTail(this.#files).catch((error) => [`the log can't be read: ${error}`]);
    return { ...explainExit(this.#clues), logTail };
  }
}

/** Waits for a process that was asked to end, and kills it after a time. */
export async function killUnlessGone(identity: ProcessIdentity, patienceMs: number): Promise<void> {
  if (await waitUntilGone(identity, patienceMs)) return;
  await signalProcess(identity, 'SIGKILL');
  if (await waitUntilGone(identity, KILL_TIMEOUT_MS)) return;
  throw new EngineError('ENGINE_TIMEOUT', `process ${identity.pid} does not end, even by SIGKILL`);
}
