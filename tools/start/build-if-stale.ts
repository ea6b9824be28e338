// Builds the window, the desktop shell and the programs if a source is newer than the last build. `npm run build` always builds.
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { step } from './steps.mjs';

/** Folders and files that something of the build is made from. */
export const SOURCES = [
  // The help of the window is the user guide.
  'docs/user-guide.md',
  'docs/zh/user-guide.md',
  'server',
  'renderer',
  'main',
  'preload',
  'protocol',
  'client',
  'agent',
  'cli',
  'proxy',
  'tools/build',
  'package-lock.json',
  'electron.vite.config.ts',
];
const STAMP = 'out/.built';

/** Shows itself as a step of one line; what the build says goes into `out/setup.log`. */
export async function buildIfStale(root: string, signal?: AbortSignal): Promise<void> {
  const begun = new Date();
  const built = await modifiedMs(path.join(root, STAMP));
  if (built !== null && (await newestMs(root)) <= built) return;
  // npm is found by its own path, so that this works from any shell.
  const npm = process.env['npm_execpath'];
  const [command, args] = npm ? [process.execPath, [npm, 'run', 'build']] : ['npm', ['run', 'build']];
  const logFile = path.join(root, 'out', 'setup.log');
  await step({ what: 'building the window and the programs', logFile }, ({ write }) =>
    runCommand(command, args, {
      cwd: root,
      timeoutMs: 300_000,
      onStdout: write,
      onStderr: write,
      ...(signal ? { signal } : {}),
    }),
  );
  await writeFile(path.join(root, STAMP), '');
  // What changed while the build ran is not in it.
  await utimes(path.join(root, STAMP), begun, begun);
}

async function newestMs(root: string): Promise<number> {
  let newest = 0;
  for (const source of SOURCES) {
    const from = path.join(root, source);
    const own = await modifiedMs(from);
    if (own === null) continue;
    newest = Math.max(newest, own);
    if (!(await stat(from)).isDirectory()) continue;
    for (const name of await readdir(from, { recursive: true })) {
      if (name.includes('node_modules')) continue;
      newest = Math.max(newest, (await modifiedMs(path.join(from, name))) ?? 0);
    }
  }
  return newest;
}

/** null only when it is not there. */
async function modifiedMs(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

if (import.meta.main) await buildIfStale(path.resolve(import.meta.dirname, '../..'));
