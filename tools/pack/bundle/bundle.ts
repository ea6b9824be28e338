// The offline bundle: one tar file with packages, images, documents and `install.sh`, which checks and installs all of it without network.
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../../agent/host/run-command.ts';
import { TT_VERSION } from '../../../cli/version.ts';
import { writeChecksums } from '../checksums.ts';
import { buildDeb, packageNames } from '../deb/deb-package.ts';
import type { Architecture } from '../packages/host-package.ts';
import { packagesOf } from '../packages/packages.ts';
import { downloadPackages, writeIndex } from './apt-packages.ts';

const TAR_TIMEOUT_MS = 10 * 60_000;
/** What an agent of ours recommends and can use without network. */
const RECOMMENDED = ['ovmf'];
const DOCUMENTS = ['admin-guide.md', 'user-guide.md', 'config-reference.md', 'machine-reference.md', 'errors.md'];

export interface BundleSource {
  /** The checkout, built by `npm run build`. */
  root: string;
  node: string;
  architecture: Architecture;
  /** Name of each image’s folder, and where it is. */
  images: ReadonlyMap<string, string>;
}

/** Writes `tt-offline-<version>-<architecture>.tar` into `output` and gives its path. */
export async function makeBundle({ root, node, architecture, images }: BundleSource, output: string): Promise<string> {
  const work = await mkdtemp(path.join(tmpdir(), 'tt-bundle-'));
  try {
    const name = `tt-offline-${TT_VERSION}-${architecture}`;
    const folder = path.join(work, name);
    const packages = path.join(folder, 'packages');
    await mkdir(packages, { recursive: true });
    const ours = await packagesOf({ root, work: path.join(work, 'made'), node, architecture });
    for (const deb of ours) await buildDeb(deb, packages);
    await downloadPackages(
      [...new Set([...packageNames(ours.flatMap(({ depends }) => depends.deb)), ...RECOMMENDED])],
      packages,
      work,
    );
    await writeIndex(packages);
    for (const [image, directory] of images)
      await cp(directory, path.join(folder, 'images', image), { recursive: true, dereference: true });
    await mkdir(path.join(folder, 'docs'));
    for (const document of DOCUMENTS)
      await copyFile(path.join(root, 'docs', document), path.join(folder, 'docs', document));
    await copyFile(path.join(import.meta.dirname, 'install.sh'), path.join(folder, 'install.sh'));
    await chmod(path.join(folder, 'install.sh'), 0o755);
    await writeChecksums(folder, await filesBelow(folder));
    await runCommand('chmod', ['-R', 'u=rwX,go=rX', folder], { timeoutMs: TAR_TIMEOUT_MS });
    const file = path.join(output, `${name}.tar`);
    const plain = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0'];
    await runCommand('tar', [...plain, '--create', `--file=${file}`, `--directory=${work}`, name], {
      timeoutMs: TAR_TIMEOUT_MS,
    });
    return file;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
