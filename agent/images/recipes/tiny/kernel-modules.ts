// Selects kernel modules from the extracted kernel package with all their dependencies, and writes the index files that modprobe
// reads. Packages contain no index (a real machine runs depmod after installing), so the information comes from each module's
// own .modinfo section. Used by initrd.ts and rootfs.ts.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileEntry, file } from '../../../archives/file-entry.ts';

interface KernelModule {
  name: string;
  /** Path under /lib/modules/<release>/, such as kernel/fs/fuse/fuse.ko. */
  path: string;
  content: Buffer;
  dependsOn: string[];
  aliases: string[];
}

/** All module files of one kernel release, by module name. */
export class KernelModules {
  readonly release: string;
  readonly #directory: string;
  readonly #pathByName: Map<string, string>;

  private constructor(release: string, moduleDirectory: string, pathByName: Map<string, string>) {
    this.release = release;
    this.#directory = moduleDirectory;
    this.#pathByName = pathByName;
  }

  /** `root` is where the kernel package was extracted. */
  static async open(root: string, release: string): Promise<KernelModules> {
    const moduleDirectory = join(root, 'lib/modules', release);
    const names = await readdir(join(moduleDirectory, 'kernel'), { recursive: true });
    const paths = names.filter((name) => name.endsWith('.ko')).map((name) => `kernel/${name}`);
    return new KernelModules(release, moduleDirectory, new Map(paths.map((path) => [moduleName(path), path])));
  }

  /** Module files and modprobe's indexes for `names` and everything they need, under /usr/lib/modules/<release>. */
  async entries(names: readonly string[]): Promise<FileEntry[]> {
    const chosen = new Map<string, KernelModule>();
    for (const name of names) await this.#collect(name, chosen);
    const modules = [...chosen.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    const base = `/usr/lib/modules/${this.release}`;
    return [
      ...modules.map((module) => file(`${base}/${module.path}`, module.content)),
      file(`${base}/modules.dep`, dependencyIndex(modules, chosen)),
      file(`${base}/modules.alias`, aliasIndex(modules)),
    ];
  }

  async #collect(name: string, chosen: Map<string, KernelModule>): Promise<void> {
    if (chosen.has(name)) return;
    const path = this.#pathByName.get(name);
    if (path === undefined) throw new Error(`Kernel ${this.release} has no module ${name}`);
    const content = await readFile(join(this.#directory, path));
    const dependsOn = (moduleInfo(content, 'depends')[0] ?? '').split(',').filter((part) => part !== '');
    const module = { name, path, content, dependsOn, aliases: moduleInfo(content, 'alias') };
    chosen.set(name, module);
    for (const dependency of dependsOn) await this.#collect(dependency, chosen);
  }
}

/** modprobe takes `-` and `_` as the same letter; the kernel always reports `_`. */
function moduleName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.ko'.length).replaceAll('-', '_');
}

/** Values of `key=` in the module's .modinfo section, a run of NUL-ended strings; no ELF reader is needed for that. */
export function moduleInfo(content: Buffer, key: string): string[] {
  const values: string[] = [];
  const needle = Buffer.from(`\0${key}=`);
  for (let at = content.indexOf(needle); at !== -1; at = content.indexOf(needle, at + 1)) {
    const start = at + needle.length;
    values.push(content.toString('latin1', start, content.indexOf(0, start)));
  }
  return values;
}

/** modules.dep lists ALL dependencies of a module, nearest first: modprobe loads them from the last to the first. */
function dependencyIndex(modules: readonly KernelModule[], chosen: Map<string, KernelModule>): string {
  const lines = modules.map((module) => {
    const paths: string[] = [];
    const visit = (name: string) => {
      const dependency = chosen.get(name) as KernelModule;
      // A module needed by two others must come after both, so a later sight of it wins.
      const seenAt = paths.indexOf(dependency.path);
      if (seenAt !== -1) paths.splice(seenAt, 1);
      paths.push(dependency.path);
      dependency.dependsOn.forEach(visit);
    };
    module.dependsOn.forEach(visit);
    return `${module.path}:${paths.map((path) => ` ${path}`).join('')}\n`;
  });
  return lines.join('');
}

function aliasIndex(modules: readonly KernelModule[]): string {
  return modules
    .flatMap((module) => module.aliases.map((alias) => `alias ${alias} ${module.name}\n`))
    .sort()
    .join('');
}
