// What the agent changes in settings of the host, written down before it is changed, so that this agent or a later one can undo
// it. A setting that somebody else has changed since stays as it is.
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { readIfThere, writePrivateFile } from '@tt/client/node';
import { z } from 'zod';

const changeSchema = z.strictObject({
  /** A file of the kernel whose content is the setting, or whose mode is. */
  file: z.string().startsWith('/'),
  what: z.enum(['content', 'mode']),
  /** Without spaces around it; a mode is octal, e.g. `600`. */
  before: z.string(),
  after: z.string(),
  /** Names of the interfaces of the host at that time, where a later one can rely on the setting; null: nothing relies on it. */
  interfaces: z.array(z.string()).nullable(),
});
type HostChange = z.infer<typeof changeSchema>;

const recordSchema = z.strictObject({
  /** A host that has booted since has its own settings again. */
  bootId: z.string(),
  changes: z.array(changeSchema),
});

/** A change that is about to be made. */
export interface PlannedChange {
  file: string;
  what: HostChange['what'];
  after: string;
  /** True: an interface that appears later can rely on it (forwarding), so that it stays while there is one. */
  servesInterfaces?: boolean;
}

export interface HostChangesOptions {
  /** Where changes are written down. */
  file: string;
  /** Interfaces that are the agent's own rely on nothing. */
  isOwnInterface: (name: string) => boolean;
  /** For tests. */
  bootId?: () => Promise<string>;
  interfaces?: () => Promise<string[]>;
}

export class HostChanges {
  readonly #options: Required<HostChangesOptions>;

  constructor(options: HostChangesOptions) {
    this.#options = { bootId: readBootId, interfaces: readInterfaces, ...options };
  }

  /** Writes down what a setting is now, unless it has the value already or is written down. The caller changes it afterwards. */
  async plan({ file, what, after, servesInterfaces = false }: PlannedChange): Promise<void> {
    const before = await readSetting({ file, what });
    if (before === null || before === after) return;
    const changes = await this.#read();
    const known = changes.find((change) => change.file === file && change.what === what);
    const interfaces = servesInterfaces ? await this.#options.interfaces() : null;
    // What it was before the first change is what it is to be again.
    const next = known ? { ...known, after } : { file, what, before, after, interfaces };
    await this.#write([...changes.filter((change) => change !== known), next]);
  }

  /** Undoes all changes, and forgets them. Says of each what was done, or why it stays. */
  async undo(): Promise<string[]> {
    const told: string[] = [];
    for (const change of (await this.#read()).toReversed()) told.push(await this.#undo(change));
    await rm(this.#options.file, { force: true });
    return told;
  }

  async #undo(change: HostChange): Promise<string> {
    const { file, before, after } = change;
    const now = await readSetting(change);
    if (now === before) return `${file} is ${before} again`;
    if (now !== after) return `${file} stays ${now ?? 'absent'}: it was changed by others since`;
    const since = await this.#newInterfaces(change);
    if (since.length > 0) return `${file} stays ${after}: ${since.join(', ')} came since and may need it`;
    try {
      await writeSetting(change, before);
      return `${file} is ${before} again, not ${after}`;
    } catch (error) {
      return `${file} stays ${after}: ${String(error)}`;
    }
  }

  async #newInterfaces({ interfaces }: HostChange): Promise<string[]> {
    if (interfaces === null) return [];
    const present = await this.#options.interfaces();
    return present.filter((name) => !interfaces.includes(name) && !this.#options.isOwnInterface(name));
  }

  async #read(): Promise<HostChange[]> {
    const text = await readIfThere(this.#options.file);
    if (text === null) return [];
    const { success, data } = recordSchema.safeParse(asJson(text));
    // Half a file, or of a boot before this one: nothing is known, and nothing is guessed.
    return success && data.bootId === (await this.#options.bootId()) ? data.changes : [];
  }

  async #write(changes: readonly HostChange[]): Promise<void> {
    const record = { bootId: await this.#options.bootId(), changes };
    await writePrivateFile(this.#options.file, `${JSON.stringify(record)}\n`);
  }
}

async function readSetting({ file, what }: Pick<HostChange, 'file' | 'what'>): Promise<string | null> {
  try {
    if (what === 'content') return (await readFile(file, 'utf8')).trim();
    return ((await stat(file)).mode & 0o7777).toString(8);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeSetting({ file, what }: HostChange, value: string): Promise<void> {
  if (what === 'mode') await chmod(file, Number.parseInt(value, 8));
  else await writeFile(file, `${value}\n`);
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of this process's own network namespace, also those that are down. */
async function readInterfaces(): Promise<string[]> {
  const [, , ...lines] = (await readFile('/proc/self/net/dev', 'utf8')).trim().split('\n');
  return lines.map((line) => line.slice(0, line.lastIndexOf(':')).trim());
}

async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
