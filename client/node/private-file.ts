// Files that hold secrets or the address of an agent: only their owner can read them, and readers never see a partial file.
// Used by the agent, the proxy and the CLI for tokens, addresses and settings.
import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';

/** The text of a file; null only if it does not exist. Any other error rejects. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === 'ENOENT') return null;
    // Of a folder, the system tells only that it can't be read.
    failure.path ??= file;
    throw failure;
  }
}

/** Writes a file with mode 0600, by a rename: readers see the old text or the new one. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The access token in a file, created at the first call. A file that others could read is made private first. */
export async function readOrMakeToken(file: string): Promise<string> {
  const known = await readIfThere(file);
  if (known !== null) {
    await chmod(file, 0o600);
    return known.trim();
  }
  const token = randomBytes(32).toString('base64url');
  await writePrivateFile(file, `${token}\n`);
  return token;
}
