// The npm package of `tt`: the built file with what starts it, and nothing to install besides it.
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Plugin } from 'vite';
import { runCommand } from '../../agent/host/run-command.ts';
import { TT_VERSION } from '../../cli/version.ts';
import { bundleProgram, LICENSES } from '../build/programs.ts';
import { buildTt, MAIN, OLDEST_NODE } from './built-tt.ts';

/** What npm links into the user's path. */
export const START = 'tt.cjs';
/** So old a Node reads it that it can say what it needs. */
const ANY_NODE = 'es2015';

/** Makes `tt-cli-<version>.tgz` in `output`, and gives its path. */
export async function makeNpmPackage(root: string, output: string): Promise<string> {
  const work = await mkdtemp(path.join(tmpdir(), 'tt-npm-'));
  try {
    const folder = path.join(work, 'package');
    await fillNpmPackage(root, folder);
    const { stdout } = await runCommand('npm', ['pack', folder, '--pack-destination', output, '--json'], {
      cwd: work,
      timeoutMs: 120_000,
    });
    const [packed] = JSON.parse(stdout) as { filename: string }[];
    if (packed === undefined) throw new Error('npm packed nothing');
    return path.join(output, packed.filename.replace('@', '').replace('/', '-'));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** All that is in the package, into `folder`, which is emptied first. */
export async function fillNpmPackage(root: string, folder: string): Promise<void> {
  await buildTt(root, folder);
  const start = await mkdtemp(path.join(tmpdir(), 'tt-start-'));
  try {
    await buildStart(root, start);
    await copyFile(path.join(start, START), path.join(folder, START));
  } finally {
    await rm(start, { recursive: true, force: true });
  }
  await chmod(path.join(folder, START), 0o755);
  await writeFile(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(path.join(folder, 'README.md'), readme);
}

/** Makes it in `outDir`, which is emptied first. */
export async function buildStart(root: string, outDir: string): Promise<void> {
  await bundleProgram(root, {
    input: 'cli/packed-start.ts',
    outDir,
    target: ANY_NODE,
    output: { format: 'cjs', entryFileNames: START, banner: '#!/usr/bin/env node' },
    plugins: [mainBesideIt],
  });
}

/** It starts the built file of the other bundle. */
const mainBesideIt: Plugin = {
  name: 'tt-main-beside-it',
  enforce: 'pre',
  resolveId: (source) => (source === './packed-main.ts' ? { id: `./${MAIN}`, external: true } : null),
};

const manifest = {
  name: '@tt/cli',
  version: TT_VERSION,
  description: 'tt: ENVs of VMs for testing, from the command line',
  license: 'MIT',
  engines: { node: `>=${OLDEST_NODE}` },
  bin: { tt: START },
  man: ['man/tt.1'],
  files: [START, MAIN, LICENSES, 'man', 'completions'],
};

const readme = `# tt

ENVs of VMs for testing, from the command line. Needs Node ${OLDEST_NODE} or newer and nothing else.

\`\`\`sh
tt config --serv-addr 192.0.2.7 --token-file ~/tt-token
tt status
tt completion install
tt --help   # or: man tt
\`\`\`

Licences of the packages in it: ${LICENSES}.
`;
