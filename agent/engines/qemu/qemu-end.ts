// The end of one QEMU: asked for, forced, waited for, and explained by what is left of it: what QEMU said, how its process ended, and the
// end of its logs. Part of `running-qemu.ts`; `qemu-engine.ts` ends those that it is not connected to.
import { setTimeout as delay } from 'node:timers/promises';
import { readProcFile } from '@tt/client/node';
import { isThere } from '../../host/is-there.ts';
import { type ProcessIdentity, signalProcess, waitUntilGone } from '../../host/process-identity.ts';
import { EngineError } from '../errors.ts';
import type { LettingGo, VmExit } from '../interface.ts';
import { type ExitClues, explainExit } from './exit-reason.ts';
import { readLogTail } from './log-tail.ts';
import type { ProcessEnd } from './process.ts';
import { QmpClient } from './qmp-client.ts';
import type { RunFiles } from './run-files.ts';

/** How long QEMU can take to end after `quit`, which also writes its caches to the disk. */
const QUIT_TIMEOUT_MS = 3_000;
/** After SIGKILL only a process stuck in the kernel is still there. */
const KILL_TIMEOUT_MS = 10_000;
/** To one that nobody is connected to. */
const CONNECT_TIMEOUT_MS = 1_000;
/** Between looks whether one that ends has let go. */
const LET_GO_LOOK_MS = 1;

export interface QemuEndParts {
  process: ProcessIdentity;
  qmp: QmpClient;
  files: RunFiles;
  /** Only for a process of ours: how it ended. */
  ended?: () => Promise<ProcessEnd>;
}

export class QemuEnd {
  /** Resolves when the process has ended; never after {@link unwatch}. */
  readonly exited: Promise<VmExit>;
  readonly #parts: QemuEndParts;
  readonly #clues: ExitClues = {};
  #isWatched = true;

  constructor(parts: QemuEndParts) {
    this.#parts = parts;
    parts.qmp.on('SHUTDOWN', (data) => {
      this.#clues.shutdown = data;
    });
    this.exited = this.#watch();
  }

  get isWatched(): boolean {
    return this.#isWatched;
  }

  /** The end of the connection is not taken for that of the process any more: the next agent will watch it. */
  unwatch(): void {
    this.#isWatched = false;
  }

  /** False: it runs on after this time. */
  async comesWithin(timeoutMs: number): Promise<boolean> {
    const timeUp = Promise.withResolvers<false>();
    const timer = setTimeout(() => timeUp.resolve(false), timeoutMs);
    const ended = await Promise.race([this.exited.then(() => true), timeUp.promise]);
    clearTimeout(timer);
    return ended;
  }

  /** Ends the process: by its own `quit` first, by SIGKILL when that takes too long. ENGINE_TIMEOUT when even that fails. */
  async quit(): Promise<void> {
    this.#clues.stopped = true;
    // The answer does not matter, and may never come: QEMU can be ending, hanging, or in the middle of a save.
    void this.#parts.qmp.execute('quit', {}, { timeoutMs: QUIT_TIMEOUT_MS }).catch(() => {});
    if (!(await this.comesWithin(QUIT_TIMEOUT_MS))) await killUnlessGone(this.#parts.process, 0);
    await this.exited;
  }

  /** As {@link quit}, but resolves as soon as nothing of it is in the way of another process. */
  async letGo(): Promise<Exclude<LettingGo, 'aside'>> {
    const ended = this.quit().then(() => 'ended' as const);
    const how = await Promise.race([ended, this.#untilLetGo()]);
    // It may take longer than anybody waits for; nothing of it is in the way.
    if (how === 'freeing') ended.catch(() => {});
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
    const { process, qmp, files } = this.#parts;
    await qmp.closed;
    const sockets = [files.qmp, files.serial, files.guestAgent, files.guestHelper];
    const isOpen = async () => (await Promise.all(sockets.map(isThere))).includes(true);
    while ((await isOpen()) || (await readProcFile(process.pid, 'cmdline'))) {
      if (hasEnded) return new Promise(() => {});
      await delay(LET_GO_LOOK_MS);
    }
    return 'freeing';
  }

  async #watch(): Promise<VmExit> {
    const { process, qmp, files, ended } = this.#parts;
    // The kernel closes the socket of a dead process at once; what QEMU wrote to it before is read first.
    await qmp.closed;
    if (!this.#isWatched) return new Promise(() => {});
    // A child's end is told by the kernel; another process has to be looked at.
    if (ended) this.#clues.end = await ended();
    else await waitUntilGone(process, Number.POSITIVE_INFINITY);
    const logTail = await readLogTail(files).catch((error) => [`the log can't be read: ${error}`]);
    return { ...explainExit(this.#clues), logTail };
  }
}

/** Ends one that nobody is connected to (the agent has just started): a short try to end it well, then it is forced off. */
export async function endUnconnected(process: ProcessIdentity, { qmp: socket }: Pick<RunFiles, 'qmp'>): Promise<void> {
  const qmp = await QmpClient.connect(socket, { timeoutMs: CONNECT_TIMEOUT_MS }).catch(() => null);
  void qmp?.execute('quit', {}).catch(() => {});
  await killUnlessGone(process, qmp ? QUIT_TIMEOUT_MS : 0);
  qmp?.close();
}

/** Waits this long for its end, then kills it. ENGINE_TIMEOUT when even that fails. */
export async function killUnlessGone(identity: ProcessIdentity, patienceMs: number): Promise<void> {
  if (await waitUntilGone(identity, patienceMs)) return;
  await signalProcess(identity, 'SIGKILL');
  if (await waitUntilGone(identity, KILL_TIMEOUT_MS)) return;
  throw new EngineError('ENGINE_TIMEOUT', `process ${identity.pid} does not end, even by SIGKILL`);
}
