// Writes the root file system as a qcow2 disk: an empty ext4 by mke2fs, filled by debugfs (every Debian has both), converted by
// qemu-img. It does not use `mke2fs -d`, because that takes owners and change times from this machine's files, which need root
// to set and are different for every build.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type RunOptions, runCommand } from '../../../host/run-command.ts';
import { type FileEntry, imageTimeSeconds, modeTypeBits, parentOf } from '../../../archives/file-entry.ts';
import type { StepCode } from '@tt/protocol';

const fileSystemUuid = '74696e79-0000-4000-8000-000000000001';
const hashSeed = '74696e79-0000-4000-8000-000000000002';
const toolTimeoutMs = 2 * 60_000;
/** e2fsprogs takes "now" from here for every time it writes itself. */
const fixedTime = { E2FSPROGS_FAKE_TIME: String(imageTimeSeconds), SOURCE_DATE_EPOCH: String(imageTimeSeconds) };
/** Spelled out so that neither /etc/mke2fs.conf nor a newer e2fsprogs adds what the guest's kernel does not know. */
const fileSystemFeatures = [
  'none',
  'has_journal',
  'ext_attr',
  'resize_inode',
  'dir_index',
  'filetype',
  'extent',
  '64bit',
  'flex_bg',
  'sparse_super',
  'large_file',
  'huge_file',
  'dir_nlink',
  'extra_isize',
  'metadata_csum',
].join(',');

export async function writeDisk(options: {
  entries: readonly FileEntry[];
  /** The qcow2 to make. */
  diskPath: string;
  virtualSizeMiB: number;
  /** An empty folder for intermediate files; they can stay in it. */
  workDirectory: string;
  signal: AbortSignal;
  onStep: (step: StepCode) => void;
  /** Where its programs print; default: nowhere. */
  output?: Pick<RunOptions, 'onStdout' | 'onStderr'>;
}): Promise<void> {
  const { entries, diskPath, virtualSizeMiB, signal } = options;
  const workDirectory = resolve(options.workDirectory);
  const raw = join(workDirectory, 'root.ext4');
  const run = { timeoutMs: toolTimeoutMs, signal, env: fixedTime, ...options.output };
  options.onStep('makingFileSystem');
  await runCommand('mke2fs', makeArguments(raw, virtualSizeMiB), run);
  options.onStep('addingFiles');
  const contents = join(workDirectory, 'contents');
  await mkdir(contents);
  const script = join(workDirectory, 'fill.debugfs');
  await writeFile(script, fillScript(entries));
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'file') await writeFile(join(contents, String(index)), entry.content);
  }
  const filled = await runCommand('debugfs', ['-w', '-f', script, raw], {
    timeoutMs: toolTimeoutMs,
    signal,
    env: fixedTime,
    cwd: contents,
  });
  // debugfs goes on after a failed command and exits with 0; its version line is all it should have to say.
  const complaints = filled.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('debugfs '));
  if (complaints.length > 0) throw new Error(`debugfs: ${complaints.slice(0, 5).join(' | ')}`);
  options.onStep('checkingFileSystem');
  await runCommand('e2fsck', ['-f', '-n', raw], run);
  options.onStep('converting');
  // -m 1 and no -W: clusters are written in order, so that the same input gives the same file.
  const convert = ['convert', '-m', '1', '-f', 'raw', '-O', 'qcow2', '-o', 'compat=1.1,cluster_size=65536'];
  await runCommand('qemu-img', [...convert, raw, diskPath], run);
  await rm(raw);
}

function makeArguments(raw: string, virtualSizeMiB: number): string[] {
  return [
    ['-q', '-F', '-t', 'ext4', '-b', '4096', '-I', '256', '-m', '0', '-L', 'tiny', '-J', 'size=8'],
    ['-U', fileSystemUuid, '-O', fileSystemFeatures],
    // Without the lazy options the guest would write zeros all over its new overlay in the background.
    ['-E', `hash_seed=${hashSeed},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`],
    [raw, `${virtualSizeMiB}M`],
  ].flat();
}

/**
 * debugfs commands that create `entries`, in which parents must come before children. A file's content is read from the current
 * directory, from a file named after the entry's index: debugfs splits its commands at spaces.
 */
export function fillScript(entries: readonly FileEntry[]): string {
  const lines: string[] = [];
  let currentDirectory = '';
  for (const [index, entry] of entries.entries()) {
    const parent = parentOf(entry.path);
    // `write` and `mknod` take a bare name and put it into the current directory.
    if (parent !== currentDirectory) lines.push(`cd ${parent}`);
    currentDirectory = parent;
    const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
    if (entry.kind === 'directory') lines.push(`mkdir ${name}`);
    if (entry.kind === 'file') lines.push(`write ${index} ${name}`);
    if (entry.kind === 'symlink') lines.push(`symlink ${name} ${entry.target}`);
    if (entry.kind === 'characterDevice') lines.push(`mknod ${name} c ${entry.major} ${entry.minor}`);
  }
  // At the end, as adding a child changes its directory's times.
  for (const entry of entries) {
    const mode = modeTypeBits[entry.kind] | (entry.kind === 'symlink' ? 0o777 : entry.mode);
    lines.push(...inodeCommands(entry.path, `0${mode.toString(8)}`));
  }
  lines.push(...inodeCommands('/', '040755'), ...inodeCommands('/lost+found', '040700'));
  return `${lines.join('\n')}\n`;
}

function inodeCommands(path: string, mode: string): string[] {
  const fields: [string, string][] = [
    ['mode', mode],
    ['uid', '0'],
    ['gid', '0'],
    ...['atime', 'ctime', 'mtime', 'crtime'].map((field): [string, string] => [field, `@${imageTimeSeconds}`]),
    ...['atime', 'ctime', 'mtime', 'crtime'].map((field): [string, string] => [`${field}_extra`, '0']),
  ];
  return fields.map(([field, value]) => `set_inode_field ${path} ${field} ${value}`);
}
