// A package for rpm: the files are laid out in a folder and packed by rpmbuild(8), as root’s, whoever builds.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findProgram, runCommand } from '../../../agent/host/run-command.ts';
import type { HostPackage } from '../packages/host-package.ts';
import { filesIn, layOut } from '../packages/package-tree.ts';
import { rpmArchitectures, rpmFiles, rpmVersion, specText } from './spec.ts';

const RPMBUILD_TIMEOUT_MS = 10 * 60_000;

/** Writes `<name>-<version>-1.<processor>.rpm` into `output` and gives its path. Needs rpmbuild, which Debian has in its package `rpm`. */
export async function buildRpm(rpm: HostPackage, output: string, isQuick = false): Promise<string> {
  if ((await findProgram('rpmbuild')) === null) throw new Error('rpmbuild is missing: apt install rpm');
  const work = await mkdtemp(path.join(tmpdir(), 'tt-rpm-'));
  try {
    const tree = path.join(work, 'tree');
    await layOut(rpmFiles(rpm), tree);
    const spec = path.join(work, `${rpm.name}.spec`);
    await writeFile(spec, specText(rpm, tree, await filesIn(tree)));
    const architecture = rpmArchitectures[rpm.architecture];
    const file = `${rpm.name}-${rpmVersion(rpm.version)}-1.${architecture}.rpm`;
    const settings: Record<string, string> = {
      _topdir: path.join(work, 'build'),
      _rpmdir: output,
      _rpmfilename: file,
      // xz is what rpm of every distribution reads.
      _binary_payload: isQuick ? 'w1.gzdio' : 'w3.xzdio',
      // Not the name of the machine that builds.
      _buildhost: 'localhost',
      _dbpath: path.join(work, 'database'),
    };
    const defined = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
    await runCommand('rpmbuild', ['-bb', '--quiet', '--target', architecture, ...defined, spec], {
      timeoutMs: RPMBUILD_TIMEOUT_MS,
    });
    return path.join(output, file);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
