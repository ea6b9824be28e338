// What the recipe of the tiny Linux needs. Its image is built once; after that the tools are no longer checked.
import path from 'node:path';
import type { Check, Fix } from '../../../agent/doctor/check.ts';
import { installFix } from '../../../agent/doctor/install-fix.ts';
import type { Machine } from '../../../agent/doctor/machine.ts';
import { programVersion } from '../../../agent/doctor/program-version.ts';
import { tinyRecipe } from '../../../agent/images/recipes/tiny/build.ts';
import { found, needed } from '../plain-finding.ts';

/** Commands that another check already speaks about. */
const ELSEWHERE = new Set(['qemu-img']);
/** From e2fsprogs; they know `-V` only. */
const fileSystemTools = new Set(['mke2fs', 'debugfs', 'e2fsck']);
/** Debian keeps these tools where the PATH of an ordinary user does not look. */
const ADMIN_FOLDERS = ['/usr/sbin', '/sbin'];

export const imageToolsCheck: Check = {
  name: 'image tools',
  async look(machine, signal) {
    const image = path.join(machine.stateDirectory, 'images', tinyRecipe.directoryName, 'image.json');
    if (machine.exists(image)) return found('the tiny Linux is built');
    const wanted = tinyRecipe.requiredCommands.filter((command) => !ELSEWHERE.has(command));
    // Asked the way the recipe will run them, so that both find or miss the same.
    const versions = await Promise.all(
      wanted.map((command) =>
        programVersion(machine, command, [fileSystemTools.has(command) ? '-V' : '--version'], signal),
      ),
    );
    const missing = wanted.filter((_, index) => versions[index] === null);
    if (missing.length === 0) return found('everything needed to build the tiny Linux');
    return needed(`the tiny Linux can't be built without ${missing.join(', ')}`, fixFor(machine, missing));
  },
};

function fixFor(machine: Machine, missing: readonly string[]): Fix {
  const isHidden = (command: string) => ADMIN_FOLDERS.some((folder) => machine.exists(path.join(folder, command)));
  if (missing.every(isHidden)) return 'They are in /usr/sbin: export PATH="$PATH:/usr/sbin"';
  if (missing.every((command) => fileSystemTools.has(command))) return installFix(machine, 'e2fsprogs', 'e2fsprogs');
  return 'Build the image on Debian or Ubuntu and copy its folder into "images" in the state folder.';
}
