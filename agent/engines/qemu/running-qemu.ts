// One running QEMU as operations see it. Created by `qemu-engine.ts` after a start or an adoption.
import type { TypingEvent } from '@tt/protocol';
import { constants } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Mutex } from '../../host/mutex.ts';
import type { ProcessIdentity } from '../../host/process-identity.ts';
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
import { OpenForwards } from './forwards.ts';
import { openPlainFile } from './guarded-files.ts';
import { GuestPort } from './guest-port.ts';
import { KernelPanic } from './kernel-panic.ts';
import { typeOnKeyboard } from './keyboard.ts';
import { beginLiveSave, type RunningSave } from './live-save.ts';
import { keepLogsShort } from './log-limit.ts';
import { QemuChanges } from './qemu-changes.ts';
import { QemuEnd, type QemuEndParts } from './qemu-end.ts';
import type { QmpClient } from './qmp-client.ts';
import type { QueryStatusResultStatus } from './qmp-schema.gen.ts';
import { Restarts } from './restarts.ts';
import { type RunFiles, runFiles } from './run-files.ts';
import { deleteState, loadState, type StateContext, saveState, stateContext } from './saved-states.ts';
import { FOUND_STOPPED, Troubles } from './troubles.ts';

const PRESS_AGAIN_MS = 3_000;

export interface RunningQemuParts extends Omit<QemuEndParts, 'files'> {
  spec: VmSpec;
  acceleration: 'kvm' | 'tcg';
  /** How an adopted one was found; default: just started. */
  status?: QueryStatusResultStatus;
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
  readonly #end: QemuEnd;
  readonly #states: StateContext;
  readonly #changes = new QemuChanges();
  readonly #guestPort: GuestPort;
  /** Two texts at a time would get mixed, and overrun the guest. */
  readonly #typing = new Mutex();
  readonly #troubles: Troubles;
  readonly #stopTrimming: () => void;
  readonly #restarts: Restarts;
  readonly #panic: KernelPanic;
  /** The last one that has begun. */
  #save: RunningSave | null = null;
  readonly #forwards: OpenForwards;
  #hasLetGo = false;
  #screenshots = 0;

  constructor(parts: RunningQemuParts) {
    this.#spec = parts.spec;
    this.#forwards = new OpenForwards(parts.qmp, parts.spec.nics);
    this.#qmp = parts.qmp;
    this.id = parts.spec.id;
    this.process = parts.process;
    this.acceleration = parts.acceleration;
    this.#files = runFiles(parts.spec);
    this.#end = new QemuEnd({ ...parts, files: this.#files });
    this.exited = this.#end.exited;
    const { vnc, serial, guestAgent, guestHelper } = this.#files;
    this.sockets = { vnc, serial, guestAgent, guestHelper };
    this.#states = stateContext(parts);
    this.#restarts = new Restarts(parts.qmp);
    this.#panic = new KernelPanic(this.#files.serialLog, parts.qmp);
    this.#guestPort = new GuestPort(parts.qmp, () => this.#changes.answers);
    this.#troubles = new Troubles(parts.qmp);
    const found = parts.status === undefined ? undefined : FOUND_STOPPED[parts.status];
    if (found) this.#troubles.raise(found);
    this.#stopTrimming = keepLogsShort(this.#files);
    void parts.qmp.closed.then(this.#stopTrimming);
  }

  /** False after `detach`, when another connection is needed to talk to the process, and once another one takes its place. */
  get isAttached(): boolean {
    return this.#end.isWatched && !this.#hasLetGo;
  }

  async pause(): Promise<void> {
    await this.#changes.answers;
    await this.#qmp.execute('stop', {});
  }

  async resume(): Promise<void> {
    await this.#changes.answers;
    await this.#qmp.execute('cont', {});
  }

  async isPaused(): Promise<boolean> {
    await this.#changes.answers;
    const { running, status } = await this.#qmp.execute('query-status', {});
    // A live save that came to its end before it was held has stopped the guest, which goes on with the others.
    return !running && status !== 'finish-migrate';
  }

  get isInTrouble(): boolean {
    return this.#troubles.isHalted;
  }

  async reset(): Promise<void> {
    await this.#changes.answers;
    await this.#qmp.execute('system_reset', {});
  }

  async powerDown(timeoutMs: number): Promise<void> {
    // A stopped guest can't hear the button, and one still booting does not listen yet: so it is pressed again and again.
    await this.resume();
    const press = () => this.#qmp.execute('system_powerdown', {});
    await press();
    const again = setInterval(() => void press().catch(() => {}), PRESS_AGAIN_MS);
    const ended = await this.#end.comesWithin(timeoutMs);
    clearInterval(again);
    if (!ended) throw new EngineError('ENGINE_TIMEOUT', `the guest did not power off within ${timeoutMs} ms`);
  }

  saveState(tag: string, options: SaveOptions): Promise<void> {
    return this.#changes.run(() => saveState(this.#states, tag, options));
  }

  beginSave(tag: string, options: LiveSaveOptions): Promise<LiveSave> {
    return this.#changes.beginSave(async () => {
      const save = await beginLiveSave(this.#states, tag, options);
      this.#save = save;
      return save;
    });
  }

  loadState(tag: string, options: LoadOptions): Promise<void> {
    return this.#changes.run(async () => {
      await loadState(this.#states, tag, options);
      await this.#panic.forget();
    });
  }

  deleteState(tag: string): Promise<void> {
    return this.#changes.run(() => deleteState(this.#states, tag));
  }

  async screenshot(): Promise<Screenshot> {
    await this.#changes.answers;
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
    return this.#changes.run(() => this.#forwards.change(nicIndex, change));
  }

  resizeDisk(sizeMiB: number, name = 'disk0'): Promise<void> {
    return this.#changes.run(() => growDisk(this.#qmp, sizeMiB, name));
  }

  attachDrive(drive: VmDrive): Promise<void> {
    return this.#changes.run(() => attachDrive(this.#qmp, this.#spec, drive));
  }

  detachDrive(name: string): Promise<void> {
    return this.#changes.run(() => detachDrive(this.#qmp, name));
  }

  setDriveLimits(name: string, limits: DriveLimits | null): Promise<void> {
    return this.#changes.run(() => limitDrive(this.#qmp, name, limits));
  }

  changeCd(name: CdName, medium: string | null): Promise<void> {
    return this.#changes.run(() => changeCd(this.#qmp, this.#spec, name, medium));
  }

  setLinks(up: boolean): Promise<void> {
    return this.#changes.run(async () => {
      for (const [index, { kind }] of this.#spec.nics.entries()) {
        const name = kind === 'switch' ? nicDevice(index) : `net${index}`;
        await this.#qmp.execute('set_link', { name, up });
      }
    });
  }

  dropNetworks(): Promise<void> {
    return this.#changes.run(async () => {
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
    return this.#typing.run(async () => {
      await this.#changes.answers;
      return typeOnKeyboard(this.#qmp, strokes, timeoutMs);
    });
  }

  async hasWritten(): Promise<boolean> {
    // Made anew at each start. It is emptied when it gets long; a guest that writes so much has more to say.
    return (await stat(this.#files.serialLog)).size > 0;
  }

  hasPanicked(): Promise<boolean> {
    return this.#panic.look();
  }

  onTrouble(listener: TroubleListener): () => void {
    return this.#troubles.listen(listener);
  }

  onRestart(listener: () => void): () => void {
    return this.#restarts.listen(listener);
  }

  detach(): void {
    this.#end.unwatch();
    this.#stopTrimming();
    this.#qmp.close();
  }

  /** See {@link QemuEnd.quit}. */
  quit(): Promise<void> {
    return this.#end.quit();
  }

  async letGo(): Promise<LettingGo> {
    const how = (await this.#standAside()) ? 'aside' : await this.#end.letGo();
    this.#hasLetGo = true;
    return how;
  }

  /** False if its memory is not held. */
  async #standAside(): Promise<boolean> {
    const held = this.#save?.held;
    if (!held) return false;
    await held.standAside(this.process, this.#forwards.byNic);
    this.#stopTrimming();
    return true;
  }
}
