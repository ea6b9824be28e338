// What both packages of `tt` are made of: the built file, the manual page, scripts of completion, and licences.
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../agent/host/run-command.ts';
import { manPage } from '../../cli/man-page.ts';
import { allCommands } from '../../cli/program.ts';
import { shellScript, shells, scriptName } from '../../cli/shell-scripts.ts';
import { bundleProgram } from '../build/programs.ts';

/** The oldest Node that runs the built file. */
export const OLDEST_NODE = 20;
/** The built file, in the folder that {@link buildTt} fills. */
export const MAIN = 'main.cjs';

/** Fills `folder` with main.cjs and licenses.md (of the packages in it), and what stands beside them. Empties it first. */
export async function buildTt(root: string, folder: string): Promise<void> {
  const commit = await commitOf(root);
  await bundleProgram(root, {
    input: 'cli/packed-main.ts',
    outDir: folder,
    target: `node${OLDEST_NODE}`,
    output: { format: 'cjs', entryFileNames: MAIN },
    define: commit === null ? {} : { TT_BUILD_COMMIT: commit },
  });
  await cp(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE'));
  await mkdir(path.join(folder, 'man'));
  await writeFile(path.join(folder, 'man/tt.1'), manPage(await allCommands()));
  await mkdir(path.join(folder, 'completions'));
  for (const shell of shells) {
    await writeFile(path.join(folder, 'completions', scriptName(shell)), shellScript(shell));
  }
}

/** In short, marked if there are changes beside it; null outside of a checkout. */
async function commitOf(root: string): Promise<string | null> {
  const args = ['-C', root, 'describe', '--always', '--abbrev=12', '--exclude=*', '--dirty=-changed'];
  const { exitCode, stdout } = await runCommand('git', args, { timeoutMs: 30_000, okExitCodes: [0, 128] });
  return exitCode === 0 ? stdout.trim() : null;
}
