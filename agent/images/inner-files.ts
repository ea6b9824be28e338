// The border of the image folder: the agent may be root, so an entry is used only if its files are inside the folder and belong
// to a user whom the host trusts with images. The checks apply to the opened file, so a link put there meanwhile has no effect.
import { chmod, open, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** open(2): a handle on the name itself, which reads nothing and waits for no pipe. Node has no name for it. */
const O_PATH = 0o10000000;

/** A file or folder inside a folder, held open. */
export interface InnerFile extends AsyncDisposable {
  /**
   * The kernel's path of the open file (proc(5)), also valid for programs that the agent starts: it never refers to another
   * file.
   */
  path: string;
}

/** The entry leads out of the folder, belongs to another user, or is neither a file nor a folder. */
export class OutsideFolder extends Error {
  override readonly name = 'OutsideFolder';
}

/** Follows links within `root` only. Rejects with OutsideFolder, or ENOENT if it does not exist. */
export async function openInner(root: string, target: string): Promise<InnerFile> {
  const name = path.relative(root, target) || '.';
  const [realRoot, rootFacts] = await Promise.all([realpath(root), stat(root)]);
  const handle = await open(target, O_PATH);
  try {
    const own = `/proc/self/fd/${handle.fd}`;
    const real = await readlink(own);
    if (real !== realRoot && !real.startsWith(path.join(realRoot, path.sep))) {
      throw new OutsideFolder(`“${name}” is a link that leaves the folder; move or copy the file here`);
    }
    const facts = await handle.stat();
    if (!facts.isFile() && !facts.isDirectory()) {
      throw new OutsideFolder(`“${name}” is neither a file nor a folder`);
    }
    const trusted = [0, process.geteuid?.() ?? 0, rootFacts.uid];
    if (!trusted.includes(facts.uid)) {
      throw new OutsideFolder(`“${name}” belongs to the user ${facts.uid}; give it to the owner of the folder (chown)`);
    }
    // Otherwise the folder's owner could name a file of root that lies elsewhere.
    if (facts.isFile() && facts.nlink > 1 && facts.uid !== rootFacts.uid) {
      throw new OutsideFolder(`“${name}” has another name elsewhere (a hard link); copy the file here`);
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return { path: `/proc/${process.pid}/fd/${handle.fd}`, [Symbol.asyncDispose]: () => handle.close() };
}

/** Rejects like `openInner` if one of `targets` must not be used. */
export async function checkInner(root: string, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    const file = await openInner(root, target);
    await file[Symbol.asyncDispose]();
  }
}

/** Adds missing permissions; changes nothing if none are missing. Rejects like `openInner`. */
export async function addInnerMode(root: string, target: string, rights: number): Promise<void> {
  await using file = await openInner(root, target);
  const { mode } = await stat(file.path);
  if ((mode & rights) !== rights) await chmod(file.path, (mode & 0o7777) | rights);
}
