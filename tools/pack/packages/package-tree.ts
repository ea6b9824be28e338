// The files of a package laid out in a folder, with modes that do not depend on who builds it.
import { chmod, cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Content } from './host-package.ts';

/** Makes the folder `tree`, which must not exist. */
export async function layOut(files: ReadonlyMap<string, Content>, tree: string): Promise<void> {
  await mkdir(tree, { mode: 0o755 });
  for (const [place, content] of files) await put(path.join(tree, place), content);
  const programs = [...files].flatMap(([place, { isProgram }]) => (isProgram ? [path.join(tree, place)] : []));
  await plainModes(tree, new Set(programs));
}

/** Paths of all files in it, from `/`, sorted. */
export async function filesIn(tree: string): Promise<string[]> {
  const entries = await readdir(tree, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `/${path.relative(tree, path.join(entry.parentPath, entry.name))}`)
    .sort();
}

async function put(place: string, content: Content): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  if ('text' in content) await writeFile(place, content.text);
  else if ('bytes' in content) await writeFile(place, content.bytes);
  else await cp(content.from, place, { recursive: true, dereference: true });
}

/** Whatever the umask of who builds it is; programs stay programs. */
async function plainModes(folder: string, programs: ReadonlySet<string>): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) await plainModes(place, programs);
    else await chmod(place, programs.has(place) || ((await stat(place)).mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
}
