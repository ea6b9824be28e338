// The QEMU engine: starts, adopts, stops and removes guests. Created by `../load.ts`; each running guest is a RunningQemu.
import type { Reason } from '@tt/protocol';
import { rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { findProcess, isRunning, type ProcessIdentity } from '../../host/process-identity.ts';
import { RunError, runCommand } from '../../host/run-command.ts';
import { StorageError } from '../../storage/errors.ts';
import { type Qcow2Header, readQcow2Header } from '../../storage/qcow2/qcow2-header.ts';
import { EngineError } from '../errors.ts';
import {
  type Acceleration,
  ENGINE_FEATURES,
  type Engine,
  type EngineFeature,
  type HeldGuest,
  type RamFormat,
  type RunningVm,
  type StartOptions,
  type StateSource,
  type VmSpec,
} from '../interface.ts';
import { AccelerationChoice, type AccelerationSetting } from './acceleration/choice.ts';
import { commandLine, MACHINE, qmpArguments, TCG_CPU } from './command-line.ts';
import { confinementFor } from '../vm-users.ts';
import { adoptHeld } from './held-guest.ts';
import { dismissFinishedJobs } from './jobs.ts';
import { readLogTail } from './log-tail.ts';
import { startProcess } from './process.ts';
import { canMapReadOnly } from './ram/read-only-map.ts';
import { endLeftSave } from './live-save.ts';
import { endUnconnected } from './qemu-end.ts';
import { QmpClient } from './qmp-client.ts';
import { realPath, withoutLinks } from './real-paths.ts';
import { flatRam, flatState } from './ram/begin-flat.ts';
import { runFiles, startsInRunDirectory } from './run-files.ts';
import { RunningQemu } from './running-qemu.ts';
import { checkFlatRam, loadDevices } from './ram/load-flat.ts';
import { closeLeftRamFile } from './ram-file.ts';

export interface QemuOptions {
  /** Absolute folder for cached facts about this host (acceleration). */
  stateDirectory: string;
  /** Default: `qemu-system-x86_64` from PATH. */
  binary?: string;
  /** True when VMs will have a `confinement`: KVM must then be open to their users. Default false. */
  confined?: boolean;
  /** Called for each command on a VM's control channel. */
  onCommand?: (vmId: string, command: string) => void;
  /** Default `auto`: what the probe finds. */
  acceleration?: AccelerationSetting;
  /** Absolute path of a Linux kernel for the probe, which need not be there yet. Default: it tests without one. */
  testKernel?: string;
}

/** QEMU answers a new connection in milliseconds, unless it hangs or is connected to another client. */
const ADOPT_TIMEOUT_MS = 5_000;

export class QemuEngine implements Engine {
  readonly name = 'qemu';
  readonly prefixes = ['qemu'];
  readonly bootsInWaves = true;
  readonly features: readonly EngineFeature[] = ENGINE_FEATURES;
  readonly #options: QemuOptions;
  readonly #binary: string;
  readonly #attached = new Map<string, RunningQemu>();
  readonly #starting = new Set<string>();
  #version: string | null = null;
  #sharesMemory = false;
  readonly #choice: AccelerationChoice;

  constructor(options: QemuOptions) {
    this.#options = options;
    this.#binary = options.binary ?? 'qemu-system-x86_64';
    const { stateDirectory, confined = false, testKernel, acceleration = 'auto' } = options;
    const kernel = testKernel === undefined ? {} : { testKernel };
    this.#choice = new AccelerationChoice(acceleration, { stateDirectory, binary: this.#binary, confined, ...kernel });
  }

  get version(): string | null {
    return this.#version;
  }

  get sharesMemory(): boolean {
    return this.#sharesMemory;
  }

  get acceleration(): Acceleration {
    const { current } = this.#choice;
    if (!current) throw new EngineError('COMMAND_FAILED', 'init() of the QEMU engine was not called');
    return current;
  }

  settleAcceleration(): Promise<Acceleration> {
    return this.#choice.settle();
  }

  distrustKvm(why: Reason): Promise<void> {
    return this.#choice.distrustKvm(why);
  }

  onAcceleration(listener: (acceleration: Acceleration) => void): void {
    this.#choice.onChange(listener);
  }

  /** `host` means the host's processor: its model distinguishes it from others. */
  get machine(): { type: string; cpu: string } {
    const cpu = this.acceleration.kind === 'kvm' ? `host ${cpus()[0]?.model ?? 'unknown'}` : TCG_CPU;
    return { type: MACHINE, cpu };
  }

  async checkRamFile(ramFile: string, format: RamFormat, memoryMiB: number): Promise<void> {
    if (format === 'flat') return checkFlatRam(ramFile, memoryMiB);
    const header = headerOf(ramFile);
    if (header.backing || header.hasDataFile) throw new EngineError('COMMAND_FAILED', 'its memory needs another file');
  }

  async init(): Promise<void> {
    try {
      const { stdout } = await runCommand(this.#binary, ['--version'], { timeoutMs: 10_000 });
      this.#version = /version (\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? null;
      this.#sharesMemory = await canMapReadOnly(this.#binary);
    } catch (error) {
      if (error instanceof RunError) throw new EngineError('ENGINE_MISSING', error.message, { cause: error });
      throw error;
    }
    await this.#choice.settle();
  }

  checkFeatures(wanted: readonly string[]): string[] {
    const have: readonly string[] = this.features;
    return wanted.filter((feature) => !have.includes(feature));
  }

  async start(spec: VmSpec, options: StartOptions = {}): Promise<RunningVm> {
    if (this.#attached.get(spec.id)?.isAttached || this.#starting.has(spec.id)) {
      throw new EngineError('START_FAILED', `VM ${spec.id} is running already`);
    }
    this.#starting.add(spec.id);
    try {
      return await this.#start(spec, options);
    } finally {
      this.#starting.delete(spec.id);
    }
  }

  async find(spec: VmSpec): Promise<ProcessIdentity | null> {
    // One that is told names only has its folder as part of who it is.
    const folder = startsInRunDirectory(spec) ? await realPath(spec.runDirectory) : undefined;
    return findProcess(['-uuid', spec.uuid, ...qmpArguments(spec)], folder);
  }

  async adopt(spec: VmSpec, process: ProcessIdentity): Promise<RunningVm | null> {
    if (!(await isRunning(process))) return null;
    // QEMU talks to one client only: asking a second time must not wait for the first to leave.
    const attached = this.#attached.get(spec.id);
    if (attached?.isAttached && attached.process.pid === process.pid) return attached;
    const qmp = await this.#connectTo(spec, process);
    if (!qmp) return null;
    try {
      const [{ UUID }, { enabled }, { status }] = await Promise.all([
        qmp.execute('query-uuid', {}),
        qmp.execute('query-kvm', {}),
        qmp.execute('query-status', {}),
      ]);
      if (UUID.toLowerCase() === spec.uuid.toLowerCase()) {
        qmp.onCommand((command) => this.#options.onCommand?.(spec.id, command));
        await dismissFinishedJobs(qmp);
        await closeLeftRamFile(qmp);
        await endLeftSave(qmp);
        const acceleration = enabled ? 'kvm' : 'tcg';
        return this.#attach(new RunningQemu({ spec, process, qmp, acceleration, status }));
      }
    } catch (error) {
      qmp.close();
      throw error;
    }
    qmp.close();
    return null;
  }

  adoptHeld(
    spec: VmSpec,
    process: ProcessIdentity,
    save: Pick<StateSource, 'tag' | 'ramFile'>,
  ): Promise<HeldGuest | null> {
    return adoptHeld(spec, process, save);
  }

  async stop(spec: VmSpec, process: ProcessIdentity): Promise<void> {
    if (!(await isRunning(process))) return;
    const attached = this.#attached.get(spec.id);
    if (attached?.isAttached && attached.process.pid === process.pid) {
      await attached.quit();
      return;
    }
    await endUnconnected(process, runFiles(spec));
  }

  async destroy(spec: VmSpec): Promise<void> {
    await rm(spec.runDirectory, { recursive: true, force: true });
  }

  readLogTail(spec: VmSpec): Promise<string[]> {
    return readLogTail(runFiles(spec));
  }

  async #start(spec: VmSpec, options: StartOptions): Promise<RunningVm> {
    const { load, linksDown, signal, onSpawned } = options;
    const kind = options.acceleration ?? (await this.#choice.settle()).kind;
    // Not chosen earlier: the group that may open /dev/kvm is needed only while KVM is used.
    const confinement = spec.confinement && (await confinementFor(spec.confinement.uid, kind));
    const isLimited = spec.disks.some(({ limits }) => limits !== null);
    await using flat =
      load?.format === 'flat' ? await flatState(spec, load, { canShare: this.#sharesMemory, signal }) : null;
    const started = await startProcess({
      binary: this.#binary,
      args: commandLine(spec.confinement ? await withoutLinks(spec) : spec, kind, {
        paused: load !== undefined || isLimited,
        ...(flat ? { flatRam: await flatRam(flat) } : {}),
      }),
      runDirectory: spec.runDirectory,
      cwd: startsInRunDirectory(spec) ? spec.runDirectory : '/',
      files: runFiles(spec),
      hasHelperPort: spec.guestHelper === 'on',
      title: `${new Date().toISOString()} ${spec.name}: ${spec.cpuCount} CPU, ${spec.memoryMiB} MiB, ${kind}`,
      confinement,
      ...(flat ? { feed: flat.stream() } : {}),
      ...(load?.sealedFd === undefined ? {} : { inherited: [load.sealedFd] }),
      ...(signal ? { signal } : {}),
      ...(onSpawned ? { onSpawned } : {}),
    });
    started.qmp.onCommand((command) => this.#options.onCommand?.(spec.id, command));
    const vm = this.#attach(
      new RunningQemu({ spec, process: started.identity, qmp: started.qmp, acceleration: kind, ended: started.ended }),
    );
    try {
      for (const { name, limits } of spec.disks) if (limits) await vm.setDriveLimits(name, limits);
      if (flat) await loadDevices(started.qmp);
      else if (load) await vm.loadState(load.tag, { ramFile: load.ramFile });
      // Not earlier: the state says whether the cables are plugged in.
      if (load && linksDown) await vm.setLinks(false);
      if ((load && !options.paused) || (isLimited && !load)) await vm.resume();
      return vm;
    } catch (error) {
      await vm.quit();
      throw error;
    }
  }

  #attach(vm: RunningQemu): RunningQemu {
    this.#attached.set(vm.id, vm);
    void vm.exited.then(() => {
      if (this.#attached.get(vm.id) === vm) this.#attached.delete(vm.id);
    });
    return vm;
  }

  /**
   * Null if the process ends meanwhile. A live one that does not answer is an error: treating it as gone would start a second
   * one.
   */
  async #connectTo(spec: VmSpec, process: ProcessIdentity): Promise<QmpClient | null> {
    try {
      return await QmpClient.connect(runFiles(spec).qmp, { timeoutMs: ADOPT_TIMEOUT_MS });
    } catch (error) {
      if (!(await isRunning(process))) return null;
      throw error;
    }
  }
}

function headerOf(ramFile: string): Qcow2Header {
  try {
    return readQcow2Header(ramFile);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    throw new EngineError('COMMAND_FAILED', 'its memory is no qcow2 file', { cause: error });
  }
}
