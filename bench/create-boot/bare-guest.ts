// The peer: the same guest by hand, with qemu-img and QEMU alone. Its options are those of the engine (its pure
// command-line.ts), so that both sides of the ratio run the same machine.
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { EngineError } from '../../agent/engines/errors.ts';
import type { UserNic, VmSpec } from '../../agent/engines/interface.ts';
import { commandLine } from '../../agent/engines/qemu/command-line.ts';
import { QmpClient } from '../../agent/engines/qemu/qmp-client.ts';
import { runFiles } from '../../agent/engines/qemu/run-files.ts';
import { runCommand } from '../../agent/host/run-command.ts';
import type { ReadyImage } from '../../agent/images/image-service.ts';
import { overlayArguments } from '../overlay-arguments.ts';
import { type Child, startChild } from '../child.ts';
import { openUnixLink } from '../console/byte-link.ts';
import { freePort } from '../console/websockify.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';
import { waitForLogin } from './serial-ready.ts';

/** The same as the agent gives by default. */
const MEMORY_MIB = 128;

/** Fifty at once on a busy machine take their time. */
const QMP_LIMIT_MS = 120_000;

export interface BareGuestOptions {
  memoryMiB?: number;
  /** What is told to QEMU otherwise. */
  changeArguments?: (args: string[]) => string[];
}

export interface BareGuest {
  pid: number;
  /** The process it has now. */
  process: Pick<Child, 'ended'>;
  spec: VmSpec;
  qmp: QmpClient;
  /** Its serial port, where its output is written down, where its guest agent is asked, and its screen. */
  files: { serial: string; serialLog: string; guestAgent: string; vnc: string };
  /** Milliseconds from the start of qemu-img until QMP takes commands. */
  runningMs: number;
  /** From the start of qemu-img until the login prompt. */
  waitForReady(): Promise<number>;
  /** Ends the process and starts the next one, with these arguments besides; `qmp` is that one's. */
  startAgain(moreArguments: readonly string[]): Promise<void>;
  /** Milliseconds of QMP `quit` until the process is gone and its disk removed. */
  destroy(): Promise<number>;
}

export async function startBareGuest(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
  { memoryMiB = MEMORY_MIB, changeArguments = (args) => args }: BareGuestOptions = {},
): Promise<BareGuest> {
  const id = randomUUID();
  const folder = path.join(context.folder, `b-${id.slice(0, 8)}`);
  await mkdir(folder, { mode: 0o700 });
  const diskPath = path.join(folder, 'disk.qcow2');
  const spec = { ...(await specFor(id, image, folder, diskPath)), memoryMiB };
  const begun = performance.now();
  const overlay = overlayArguments(diskPath, image.disk.path, image.manifest.disk.virtualSizeMiB);
  await runCommand('qemu-img', overlay, { timeoutMs: 30_000 });
  const args = changeArguments(commandLine(spec, acceleration));
  let { qemu, qmp } = await startQemu(context, spec, args);
  const runningMs = performance.now() - begun;
  const files = runFiles(spec);
  const quit = async () => {
    // QEMU may close the socket before its answer is through; that it ends is what counts.
    qmp.execute('quit', {}).catch(() => {});
    // `spawnProcess` lets this process end before its children; now their end is waited for.
    qemu.process.ref();
    await qemu.ended;
    qmp.close();
  };
  return {
    get pid() {
      return qemu.pid;
    },
    get process() {
      return qemu;
    },
    spec,
    get qmp() {
      return qmp;
    },
    files,
    runningMs,
    async startAgain(moreArguments) {
      await quit();
      ({ qemu, qmp } = await startQemu(context, spec, [...args, ...moreArguments]));
    },
    async waitForReady() {
      await waitForLogin(await openUnixLink(files.serial));
      return performance.now() - begun;
    },
    async destroy() {
      const asked = performance.now();
      await quit();
      await rm(folder, { recursive: true });
      return performance.now() - asked;
    },
  };
}

async function specFor(id: string, { manifest, boot }: ReadyImage, folder: string, diskPath: string): Promise<VmSpec> {
  const forwards = [
    { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: await freePort(), guestPort: 22 },
  ] as const satisfies UserNic['forwards'];
  return {
    id,
    name: `bare/${id.slice(0, 8)}`,
    uuid: id,
    hostname: 'bare',
    cpuCount: 1,
    memoryMiB: Math.max(MEMORY_MIB, manifest.minMemoryMiB),
    disks: [{ name: 'disk0', path: diskPath, format: 'qcow2', backing: null, limits: null }],
    cds: [],
    firmware: { kind: 'bios' },
    bootFrom: 'disk',
    rtcBase: 'utc',
    guestHelper: 'off',
    boot,
    nics: [{ kind: 'user', mac: '52:54:00:12:34:56', forwards, denyOutgoing: false }],
    runDirectory: folder,
    confinement: null,
  };
}

async function startQemu(
  { resources }: BenchContext,
  spec: VmSpec,
  args: string[],
): Promise<{ qemu: Child; qmp: QmpClient }> {
  const files = runFiles(spec);
  const qemu = await startChild(resources, 'qemu-system-x86_64', args, files.log);
  const qmp = await waitUntil(`QMP of bare QEMU (see ${files.log})`, () => tryConnect(files.qmp), {
    timeoutMs: QMP_LIMIT_MS,
  });
  return { qemu, qmp };
}

/** Null while nobody listens there yet. */
async function tryConnect(socketPath: string): Promise<QmpClient | null> {
  try {
    return await QmpClient.connect(socketPath);
  } catch (error) {
    if (error instanceof EngineError && error.code === 'VM_GONE') return null;
    throw error;
  }
}
