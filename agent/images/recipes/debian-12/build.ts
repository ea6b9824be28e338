// Builds the `debian-12` image: a real Debian with systemd, sshd, cloud-init, guest agent and guest helper, made by mmdebstrap from the
// mirrors of this machine's apt. Runs as root, or as a user who can create user namespaces. The flow: apt-sources.ts ->
// bootstrap.ts -> disk.ts -> image.json.
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunError, runCommand } from '../../../host/run-command.ts';
import { printed } from '../../build-output.ts';
import { writeBuiltManifest } from '../../built-manifest.ts';
import type { ImageManifest } from '../../manifest.ts';
import type { BuildContext, Recipe } from '../../recipe.ts';
import { makeTemporaryFolder } from '../../../host/temporary-folder.ts';
import { debianSources } from './apt-sources.ts';
import { bootstrapArguments } from './bootstrap.ts';
import { withFix } from './build-failure.ts';
import { takeKernel, writeSystemDisk } from './disk.ts';
import type { StepCode } from '@tt/protocol';

const VIRTUAL_SIZE_MIB = 4096;
const BOOTSTRAP_TIMEOUT_MS = 45 * 60_000;
/** Stamped on every file (2025-01-01 UTC): the same packages give the same archive. */
const TIME_SECONDS = 1_735_689_600;
const LOGIN = { user: 'root', password: 'tt' };
const BOOT = 'root=/dev/vda rw console=tty0 console=ttyS0 quiet cryptomgr.notests no_timer_check';

/** Phrases of mmdebstrap that begin a step, in their order. */
const bootstrapSteps = [
  ['running apt-get update', 'fetchingPackageLists'],
  ['downloading packages', 'downloading'],
  ['extracting archives', 'unpacking'],
  ['installing essential', 'installingEssentialPackages'],
  ['installing remaining', 'installingPackages'],
  ['creating tarball', 'packingSystem'],
] as const satisfies [string, StepCode][];
/** And unpacking, file system, check, conversion, sums. */
const TOTAL_STEPS = bootstrapSteps.length + 6;

export const debian12Recipe: Recipe = {
  name: 'qemu:debian-12:default',
  directoryName: 'debian-12',
  memo: 'Debian 12 built from packages: systemd, sshd, cloud-init, guest agent; root by the ENV’s key, or “tt” on the console.',
  memos: {
    'zh-CN':
      '用软件包制作的 Debian 12：systemd、sshd、cloud-init、guest agent；以 root 登录，使用环境的密钥，或在控制台上用密码“tt”。',
  },
  features: ['guestAgent', 'ssh', 'serial', 'vnc', 'setup', 'cloudInit'],
  defaultLogin: LOGIN,
  minMemoryMiB: 384,
  minDiskMiB: VIRTUAL_SIZE_MIB,
  firmware: 'bios',
  builtAtStart: false,
  build: buildDebian12,
};

/** Builds into `outputDirectory`, which must be missing or empty. */
export async function buildDebian12(context: BuildContext): Promise<ImageManifest> {
  const { outputDirectory, signal } = context;
  signal.throwIfAborted();
  await mkdir(dirname(outputDirectory), { recursive: true });
  const temporary = await makeTemporaryFolder(`${outputDirectory}.building`);
  const mode = process.getuid?.() === 0 ? 'root' : 'unshare';
  // A user namespace's root is another user, who must get to the files: below the agent's own folder it would not.
  const workDirectory = mode === 'root' ? temporary : await mkdtemp(join(tmpdir(), 'tt-debian-'));
  try {
    await chmod(workDirectory, mode === 'root' ? 0o700 : 0o777);
    const manifest = await buildInto(temporary, workDirectory, mode, context);
    signal.throwIfAborted();
    if ((await readdir(outputDirectory).catch(() => [])).length > 0) {
      throw withFix(new Error(`There is something in ${outputDirectory} already.`), 'Remove that image first.');
    }
    await rename(join(temporary, 'image'), outputDirectory);
    return manifest;
  } catch (cause) {
    // A command killed by the abort may end with an error of its own.
    signal.throwIfAborted();
    throw explain(cause);
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function buildInto(
  temporary: string,
  workDirectory: string,
  mode: 'root' | 'unshare',
  context: BuildContext,
): Promise<ImageManifest> {
  const { cacheDirectory, guestHelper, signal } = context;
  const image = join(temporary, 'image');
  const archive = join(workDirectory, 'system.tar');
  await mkdir(image);
  await mkdir(cacheDirectory, { recursive: true });
  let done = 0;
  const onStep = (step: StepCode) => context.onProgress({ step, done: done++, total: TOTAL_STEPS });
  const onOutput = context.onOutput ?? (() => {});
  const helperFile = guestHelper ? join(workDirectory, 'tt-guest-helper') : null;
  if (guestHelper && helperFile) await writeFile(helperFile, guestHelper);
  await bootstrap({ mode, archive, workDirectory, cacheDirectory, helperFile, signal, onStep, onOutput });
  onStep('extractingKernel');
  const builtFrom = await takeKernel({ archive, workDirectory, signal }, image);
  const diskPath = join(image, 'disk.qcow2');
  const disk = {
    mode,
    diskPath,
    sizeMiB: VIRTUAL_SIZE_MIB,
    timeSeconds: TIME_SECONDS,
    onStep,
    output: printed(context),
  };
  await writeSystemDisk({ archive, workDirectory, signal }, disk);
  onStep('writingManifest');
  const about = { append: BOOT, virtualSizeMiB: VIRTUAL_SIZE_MIB, builtFrom, guestHelper };
  const manifest = await writeBuiltManifest(image, debian12Recipe, about, signal);
  context.onProgress({ step: 'finished', done: TOTAL_STEPS, total: TOTAL_STEPS });
  return manifest;
}

async function bootstrap(options: {
  mode: 'root' | 'unshare';
  archive: string;
  workDirectory: string;
  cacheDirectory: string;
  helperFile: string | null;
  signal: AbortSignal;
  onStep: (step: StepCode) => void;
  onOutput: (text: string) => void;
}): Promise<void> {
  const { signal, onStep, onOutput, workDirectory } = options;
  const sources = await debianSources(signal);
  const args = bootstrapArguments({ ...options, sources, target: options.archive, rootPassword: LOGIN.password });
  const left = [...bootstrapSteps];
  const onStderr = (text: string) => {
    // One of each, though lines may come in pieces or be left out.
    const reached = left.findIndex(([phrase]) => text.includes(phrase));
    for (const [, step] of left.splice(0, reached + 1)) onStep(step);
    onOutput(text);
  };
  await runCommand('mmdebstrap', args, {
    timeoutMs: BOOTSTRAP_TIMEOUT_MS,
    signal,
    // Where it unpacks: not below a folder that the namespace's root may not pass.
    env: { SOURCE_DATE_EPOCH: String(TIME_SECONDS), TMPDIR: workDirectory },
    onStdout: onOutput,
    onStderr,
  });
  for (const [, step] of left) onStep(step);
}

function explain(cause: unknown): Error {
  if (!(cause instanceof RunError)) return cause instanceof Error ? cause : new Error(String(cause));
  const said = cause.stderr.trim().split('\n').slice(-5).join(' | ');
  const message = cause.notFound ? `${cause.command} is not installed.` : `${cause.command} failed: ${said}`;
  const fix = cause.notFound
    ? 'Install it on the host (Debian packages: mmdebstrap, e2fsprogs, qemu-utils; without root also uidmap), then build again.'
    : 'Check the network, the free space and, without root, that /etc/subuid has a line for this user; then build again.';
  return withFix(new Error(message, { cause }), fix);
}
