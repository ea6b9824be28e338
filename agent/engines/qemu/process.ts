// Starts QEMU so that it outlives the agent, and waits until its control channel answers. Used by `qemu-engine.ts`.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, lchown, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isDiskFull } from '../../host/disk-full.ts';
import { identifyProcess, type ProcessIdentity } from '../../host/process-identity.ts';
import { RunError, spawnProcess } from '../../host/run-command.ts';
import { EngineError } from '../errors.ts';
import type { Confinement } from '../interface.ts';
import { closeToOthers, openPlainFile } from './guarded-files.ts';
import { readLogTail } from './log-tail.ts';
import { QmpClient } from './qmp-client.ts';
import type { RunFiles } from './run-files.ts';

/** QEMU answers 50 ms after its start on an idle host; this many seconds on one that starts fifty at once. */
const START_TIMEOUT_MS = 30_000;
/** Pauses between tries to connect, growing from the first to the last. */
const FIRST_RETRY_MS = 2;
const LAST_RETRY_MS = 25;

/** How a child process ended, as the kernel reported it. */
export interface ProcessEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export interface StartedProcess {
  identity: ProcessIdentity;
  qmp: QmpClient;
  /** Resolves when the process has ended. Only a pending call keeps this process alive until then. */
  ended: () => Promise<ProcessEnd>;
}

export interface StartRequest {
  binary: string;
  args: readonly string[];
  /** Created here, and owned by the process's user. */
  runDirectory: string;
  /** Working folder of the process: the run directory or `/`. */
  cwd: string;
  files: RunFiles;
  /** Whether it is given a port for the guest helper. */
  hasHelperPort: boolean;
  confinement: Confinement | null;
  /** What it reads from its descriptor 3. */
  feed?: Readable;
  /** Descriptors of this process that it has after that. */
  inherited?: readonly number[];
  /** First line of the log. */
  title: string;
  signal?: AbortSignal;
  /** See StartOptions. */
  onSpawned?: (process: ProcessIdentity) => Promise<void>;
}

/**
 * Rejects with START_FAILED (and the log's tail), ENGINE_MISSING, ENGINE_TIMEOUT, DISK_FULL, CANCELLED, or with what
 * `onSpawned` rejected with; then no process is left.
 */
export async function startProcess(request: StartRequest): Promise<StartedProcess> {
  let refusal: { error: unknown } | null = null;
  const onSpawned = async (identity: ProcessIdentity) => {
    await request.onSpawned?.(identity).catch((error: unknown) => {
      refusal = { error };
      throw error;
    });
  };
  try {
    return await spawnAndConnect({ ...request, onSpawned });
  } catch (error) {
    // The caller's own words, not ours.
    if (refusal) throw error;
    throw await explain(error, request.files);
  }
}

async function spawnAndConnect(request: StartRequest): Promise<StartedProcess> {
  const { files, signal } = request;
  await makeRunDirectory(request);
  await removeStaleSockets(files);
  if (signal?.aborted) throw new EngineError('CANCELLED', 'the start was cancelled', { cause: signal.reason });
  const child = await spawnWithLog(request);
  const exit = once(child, 'exit').then(([exitCode, by]): ProcessEnd => ({ exitCode, signal: by }));
  const ended = () => {
    // `spawnProcess` lets this process end before its guests; one that waits for a guest's end must not.
    child.ref();
    return exit;
  };
  try {
    const identity = await identifyProcess(child.pid ?? -1);
    if (identity) await request.onSpawned?.(identity);
    const qmp = await connectWhenReady(files.qmp, exit, signal);
    // QEMU makes sockets by the agent's umask; the folder (0700) protects them until here.
    await Promise.all(socketsOf(files, request.hasHelperPort).map(closeToOthers));
    if (!identity) throw new EngineError('VM_GONE', 'QEMU ended at once');
    return { identity, qmp, ended };
  } catch (error) {
    // Not collected yet by its parent, which we are: this pid can't be anybody else's.
    child.kill('SIGKILL');
    await ended();
    throw error;
  }
}

function socketsOf(files: RunFiles, hasHelperPort: boolean): string[] {
  const always = [files.qmp, files.vnc, files.serial, files.guestAgent];
  return hasHelperPort ? [...always, files.guestHelper] : always;
}

/** Removes the socket of a dead QEMU; one that answers belongs to a VM that must not be started twice. */
async function removeStaleSockets(files: RunFiles): Promise<void> {
  try {
    (await QmpClient.connect(files.qmp, { timeoutMs: 1_000 })).close();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'VM_GONE') {
      // Also that of a port which this machine has no longer.
      await Promise.all(socketsOf(files, true).map((socket) => rm(socket, { force: true })));
      return;
    }
    if (!(error instanceof EngineError && error.code === 'ENGINE_TIMEOUT')) throw error;
  }
  throw new EngineError('START_FAILED', `another QEMU answers on ${files.qmp}: the VM is running already`);
}

async function makeRunDirectory({ runDirectory, confinement }: StartRequest): Promise<void> {
  if (confinement && process.geteuid?.() !== 0) {
    throw new EngineError('START_FAILED', `only root can start a VM as user ${confinement.uid}`);
  }
  // Passable above: the VM's user goes through there to what is his.
  await mkdir(path.dirname(runDirectory), { recursive: true, mode: confinement ? 0o711 : 0o700 });
  await mkdir(runDirectory, { recursive: true, mode: 0o700 });
  if (confinement) await lchown(runDirectory, confinement.uid, confinement.gid);
}

async function spawnWithLog({
  binary,
  args,
  files,
  feed,
  inherited = [],
  title,
  cwd,
  confinement,
}: StartRequest): Promise<ChildProcess> {
  await using log = await newLog(files.log, confinement);
  await (await newLog(files.serialLog, confinement)).close();
  await log.write(`${title}\n`);
  try {
    return await spawnProcess(binary, args, {
      cwd,
      stdoutFd: log.fd,
      stderrFd: log.fd,
      detached: true,
      ...(feed ? { feed } : {}),
      files: inherited,
      ...(confinement ? { user: confinement } : {}),
    });
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    throw new EngineError(error.notFound ? 'ENGINE_MISSING' : 'START_FAILED', error.message, { cause: error });
  }
}

/** Made by us, so that it has the right owner and mode from its first byte. Appending: it is cut short while QEMU writes. */
async function newLog(file: string, owner: Confinement | null): Promise<FileHandle> {
  await rm(file, { force: true });
  const log = await openPlainFile(
    file,
    constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL,
    0o600,
  );
  if (owner) await log.chown(owner.uid, owner.gid);
  return log;
}

async function connectWhenReady(
  socketPath: string,
  ended: Promise<ProcessEnd>,
  signal: AbortSignal | undefined,
): Promise<QmpClient> {
  let end: ProcessEnd | null = null;
  void ended.then((how) => {
    end = how;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 1.3, LAST_RETRY_MS)) {
    try {
      return await QmpClient.connect(socketPath, {
        timeoutMs: Math.max(1, deadline - Date.now()),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      // Until the socket is there and listened to, connecting fails as if the VM were gone; only its exit tells which.
      const notYet = error instanceof EngineError && error.code === 'VM_GONE';
      if (!notYet || end || Date.now() >= deadline) throw error;
    }
    if (signal?.aborted) throw new EngineError('CANCELLED', 'the start was cancelled', { cause: signal.reason });
    await Promise.race([delay(retryMs), ended]);
  }
}

/** A lost connection or a missing socket only means that QEMU has ended; the reason is in its log. */
async function explain(error: unknown, files: RunFiles): Promise<EngineError> {
  if (error instanceof EngineError && error.code !== 'VM_GONE') return error;
  if (isDiskFull(error)) {
    return new EngineError('DISK_FULL', 'no space is left for the files of a running VM', { cause: error });
  }
  const logTail = await readLogTail(files);
  const message = `QEMU ended while it started: ${logTail.at(-1) ?? 'it said nothing'}`;
  return new EngineError('START_FAILED', message, { cause: error, logTail });
}
