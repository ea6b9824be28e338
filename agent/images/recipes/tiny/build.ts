// Builds the `tiny` image: a Linux that boots in a few seconds even without hardware acceleration. The flow, top to
// bottom: packages.ts -> kernel-modules.ts -> initrd.ts + cpio.ts -> rootfs.ts + disk.ts -> image.json.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reason, type StepCode } from '@tt/protocol';
import { writeCpio } from '../../../archives/cpio.ts';
import { RunError, runCommand } from '../../../host/run-command.ts';
import { makeTemporaryFolder } from '../../../host/temporary-folder.ts';
import { printed } from '../../build-output.ts';
import { INITRD_FILE, KERNEL_FILE, writeBuiltManifest } from '../../built-manifest.ts';
import type { ImageManifest } from '../../manifest.ts';
import type { BuildContext, Recipe, StepProgress } from '../../recipe.ts';
import { DISK_FILE } from '../../write-image.ts';
import { writeDisk } from './disk.ts';
import { TinyBuildError } from './errors.ts';
import { initrdEntries } from './initrd.ts';
import { KernelModules } from './kernel-modules.ts';
import { type DebianPackage, downloadPackages, extractPackage, findPackages } from './packages.ts';
import { rootfsEntries, rootfsPackages } from './rootfs.ts';
import { reasonOf } from '../../../host/reason-error.ts';

export type { BuildContext } from '../../recipe.ts';

/**
 * Bump on every change of the image's system, also in guest/rootfs/etc/os-release; it is part of the image's name. The guest helper is none: it
 * changes with TT, and hosts agree with the one they find (decision 0109).
 */
const recipeVersion = '2';
const virtualSizeMiB = 1024;
/**
 * Kernel messages on the screen and the serial port. The last two save boot time in an emulated CPU: 0.2 s of self-tests
 * of ciphers, and 0.1 s of patching lock prefixes out that a guest with one CPU would not need.
 */
// no_timer_check: under emulation on a busy host Linux may see too few ticks while it tests its timer, and panics; with KVM
// it leaves the test out automatically.
const append = 'console=tty0 console=ttyS0 quiet cryptomgr.notests noreplace-smp no_timer_check';

const description =
  'A very small Linux made from Debian 12 packages: boots in seconds, ssh, guest agent, 128 MiB of memory.';

/** What every image of this recipe is like, and what the recipe itself is called and needs. */
export const tinyRecipe = {
  name: `qemu:tiny-${recipeVersion}:default`,
  version: recipeVersion,
  directoryName: `tiny-${recipeVersion}`,
  memo: description,
  memos: { 'zh-CN': '用 Debian 12 的软件包制作的极小 Linux：几秒内启动，带 ssh 和 guest agent，内存 128 MiB。' },
  description,
  features: ['guestAgent', 'ssh', 'serial', 'vnc', 'setup'],
  defaultLogin: { user: 'root', password: 'tt' },
  minMemoryMiB: 96,
  minDiskMiB: virtualSizeMiB,
  firmware: 'bios',
  builtAtStart: true,
  requiredCommands: ['apt-cache', 'apt-get', 'dpkg-deb', 'mke2fs', 'debugfs', 'e2fsck', 'qemu-img'],
  build: buildTiny,
} satisfies Recipe & { version: string; description: string; requiredCommands: string[] };

/** Builds into `outputDirectory`, which must be missing or empty. Rejects with {@link TinyBuildError} or the abort. */
export async function buildTiny(context: BuildContext): Promise<ImageManifest> {
  const { outputDirectory, signal } = context;
  signal.throwIfAborted();
  let last: StepProgress = { step: 'starting', done: 0, total: 1 };
  const onProgress = (progress: StepProgress) => {
    last = progress;
    context.onProgress(progress);
  };
  await refuseExisting(outputDirectory);
  await mkdir(dirname(outputDirectory), { recursive: true });
  const temporary = await makeTemporaryFolder(`${outputDirectory}.building`);
  try {
    const manifest = await buildInto(temporary, { ...context, onProgress });
    signal.throwIfAborted();
    // Fails when another build was faster: guests may be running from its disk.
    await rename(join(temporary, 'image'), outputDirectory);
    return manifest;
  } catch (cause) {
    // A command killed by the abort may end with an error of its own.
    signal.throwIfAborted();
    throw cause instanceof TinyBuildError ? cause : explain(last, cause);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function refuseExisting(outputDirectory: string): Promise<void> {
  const inside = await readdir(outputDirectory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (inside.length === 0) return;
  const why = reason('outputNotEmpty', { folder: outputDirectory });
  throw new TinyBuildError({ step: 'starting', reason: why, advice: 'removeImage' });
}

function explain({ step, data }: StepProgress, cause: unknown): TinyBuildError {
  const missing = cause instanceof RunError && cause.notFound;
  const advice = missing ? 'installCommand' : 'checkDisk';
  return new TinyBuildError({ step, ...(data && { stepData: data }), reason: reasonOf(cause), advice, cause });
}

/** Makes the image in `<temporary>/image`; the rest of `temporary` is for passing files. */
async function buildInto(temporary: string, context: BuildContext): Promise<ImageManifest> {
  const { signal, cacheDirectory, guestHelper } = context;
  const guestDirectory = join(import.meta.dirname, 'guest');
  const image = join(temporary, 'image');
  const packageRoot = join(temporary, 'packages');
  const workDirectory = join(temporary, 'work');
  // One step per package extraction, and the nine named below.
  const total = rootfsPackages.length + 1 + 9;
  let done = 0;
  const begin = (step: StepCode, packages?: string) =>
    context.onProgress({ step, ...(packages !== undefined && { data: { packages } }), done: done++, total });

  begin('findingPackages');
  await Promise.all(
    [cacheDirectory, image, packageRoot, workDirectory].map((path) => mkdir(path, { recursive: true })),
  );
  const packages = await findPackages(rootfsPackages, signal);
  const [kernel, ...others] = packages as [DebianPackage, ...DebianPackage[]];
  begin('downloadingPackages', kernel.name);
  await downloadPackages([kernel], cacheDirectory, signal, printed(context));
  begin('downloadingPackages', others.map(({ name }) => name).join(', '));
  await downloadPackages(others, cacheDirectory, signal, printed(context));
  for (const { name, archive } of packages) {
    begin('extractingPackages', name);
    await extractPackage(join(cacheDirectory, archive), packageRoot, signal);
  }

  begin('writingKernel');
  const release = kernel.name.replace('linux-image-', '');
  await rename(join(packageRoot, `boot/vmlinuz-${release}`), join(image, KERNEL_FILE));
  const modules = await KernelModules.open(packageRoot, release);
  const initrd = writeCpio(await initrdEntries({ packageRoot, guestDirectory, modules }));
  await writeFile(join(image, INITRD_FILE), initrd);

  const list = await runCommand(join(packageRoot, 'bin/busybox'), ['--list'], { timeoutMs: 10_000, signal });
  const applets = list.stdout.split('\n').filter((name) => name !== '');
  const entries = await rootfsEntries({ packageRoot, guestDirectory, modules, applets, virtualSizeMiB, guestHelper });
  const diskPath = join(image, DISK_FILE);
  await writeDisk({
    entries,
    diskPath,
    virtualSizeMiB,
    workDirectory,
    signal,
    onStep: begin,
    output: printed(context),
  });

  begin('writingManifest');
  signal.throwIfAborted();
  const builtFrom = packages.map((used) => `${used.name}=${used.version}`);
  const about = { append, virtualSizeMiB, builtFrom, guestHelper };
  const manifest = await writeBuiltManifest(image, tinyRecipe, about, signal);
  context.onProgress({ step: 'finished', done: total, total });
  return manifest;
}
