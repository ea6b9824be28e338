// The archive of the system -> its kernel, its initrd and a qcow2 disk. Nothing is mounted: the archive is unpacked and mke2fs
// copies the folder. Without root this happens in mmdebstrap's own user namespace, so that files keep their owners.
import { chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type RunOptions, runCommand } from '../../../host/run-command.ts';
import type { StepCode } from '@tt/protocol';

const FILE_SYSTEM_UUID = '64656269-0000-4000-8000-000000000012';
const HASH_SEED = '64656269-0000-4000-8000-000000000013';
const COPY_TIMEOUT_MS = 15 * 60_000;

interface Work {
  archive: string;
  /** An empty folder for intermediate files; they can stay in it. */
  workDirectory: string;
  signal: AbortSignal;
}

/** Puts `vmlinuz` and `initrd` into `outputDirectory`; returns `package=version` of everything installed. */
export async function takeKernel(work: Work, outputDirectory: string): Promise<string[]> {
  const { archive, workDirectory, signal } = work;
  const boot = path.join(workDirectory, 'kernel');
  await mkdir(boot);
  const wanted = ['./boot/vmlinuz-*', './boot/initrd.img-*'];
  const extract = ['--extract', '--file', archive, '--directory', boot, '--no-same-owner', '--wildcards', ...wanted];
  await runCommand('tar', extract, { timeoutMs: COPY_TIMEOUT_MS, signal });
  const files = await readdir(path.join(boot, 'boot'));
  for (const [prefix, name] of [
    ['vmlinuz-', 'vmlinuz'],
    ['initrd.img-', 'initrd'],
  ] as const) {
    const found = files.filter((file) => file.startsWith(prefix));
    if (found.length !== 1) throw new Error(`The system has ${found.length} files /boot/${prefix}*, not one.`);
    await rename(path.join(boot, 'boot', found[0] as string), path.join(outputDirectory, name));
    await chmod(path.join(outputDirectory, name), 0o644);
  }
  const list = ['--extract', '--to-stdout', '--file', archive, './var/lib/dpkg/status'];
  const { stdout } = await runCommand('tar', list, { timeoutMs: COPY_TIMEOUT_MS, signal });
  return installedPackages(stdout);
}

/** Reads dpkg's own list of what it installed. */
export function installedPackages(status: string): string[] {
  return status
    .split('\n\n')
    .flatMap((paragraph) => {
      if (!/^Status: install ok installed$/m.test(paragraph)) return [];
      const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
      const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
      return name && version ? [`${name}=${version}`] : [];
    })
    .sort();
}

export async function writeSystemDisk(
  { archive, workDirectory, signal }: Work,
  options: {
    mode: 'root' | 'unshare';
    diskPath: string;
    sizeMiB: number;
    timeSeconds: number;
    onStep: (step: StepCode) => void;
    /** Where its programs print. */
    output: Pick<RunOptions, 'onStdout' | 'onStderr'>;
  },
): Promise<void> {
  const raw = path.join(workDirectory, 'disk.raw');
  const root = path.join(workDirectory, 'root');
  // E2FSPROGS_FAKE_TIME: the times mke2fs writes itself.
  const env = { E2FSPROGS_FAKE_TIME: String(options.timeSeconds) };
  const run = { timeoutMs: COPY_TIMEOUT_MS, signal, env, ...options.output };
  // In a user namespace the files' owners are not this process's user, neither to write into nor to remove.
  const as = (command: string, args: string[]) =>
    options.mode === 'root'
      ? runCommand(command, args, run)
      : runCommand('mmdebstrap', ['--unshare-helper', command, ...args], run);
  try {
    options.onStep('unpackingSystem');
    await writeFile(raw, '');
    await chmod(raw, 0o666);
    await as('mkdir', [root]);
    await as('tar', ['--extract', '--preserve-permissions', '--numeric-owner', '--file', archive, '--directory', root]);
    options.onStep('makingFileSystem');
    await as('mke2fs', makeArguments(root, raw, options.sizeMiB));
  } finally {
    await as('rm', ['-rf', root]).catch(() => {});
  }
  options.onStep('checkingFileSystem');
  await runCommand('e2fsck', ['-f', '-n', raw], run);
  options.onStep('converting');
  const convert = ['convert', '-m', '1', '-f', 'raw', '-O', 'qcow2', '-o', 'compat=1.1,cluster_size=65536'];
  await runCommand('qemu-img', [...convert, raw, options.diskPath], run);
  await rm(raw);
}

function makeArguments(root: string, raw: string, sizeMiB: number): string[] {
  return [
    ['-q', '-F', '-t', 'ext4', '-b', '4096', '-m', '1', '-L', 'debian', '-U', FILE_SYSTEM_UUID],
    // Without the lazy options the guest would write zeros all over its new overlay in the background.
    ['-E', `hash_seed=${HASH_SEED},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`],
    ['-d', root, raw, `${sizeMiB}M`],
  ].flat();
}
