// The programs that ship as one built file each: `tt`, `tt-agent` and `tt-proxy`, bundled into out/<folder>/main.js by
// `npm run build` together with what they read from beside themselves.
import { cp, readdir, stat, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build, type Plugin } from 'vite';
import { directImports } from './direct-imports.ts';
import { buildGuestHelpers, HELPER_SOURCES } from './guest-helper.ts';
import { lazyBuiltins } from './lazy-builtins.ts';
import { withoutNative } from './without-native.ts';

export interface Program {
  /** The folder of its sources, and of the built file below out/. */
  folder: 'agent' | 'cli' | 'proxy';
  /**
   * What it reads from the disk at run time, by a path that starts at `import.meta.dirname` of the module that reads it:
   * files and folders, from the root. In the bundle that is the folder of main.js, so they are copied there.
   * programs.test.ts finds modules that read and are not named here.
   */
  beside: readonly { reader: string; files: readonly string[] | { folder: string; ending: string } }[];
}

export const programs: readonly Program[] = [
  {
    folder: 'agent',
    beside: [
      { reader: 'agent/images/recipes/tiny/build.ts', files: ['agent/images/recipes/tiny/guest'] },
      {
        reader: 'agent/images/recipes/url/recipe.ts',
        files: { folder: 'agent/images/recipes/url', ending: '.yaml' },
      },
      { reader: 'agent/administration/version-report.ts', files: ['CHANGELOG.md'] },
      { reader: 'agent/service/service-files.ts', files: ['agent/service/unit-files'] },
      // Compiled into the built agent; null where there was no compiler.
      { reader: 'agent/guest-channel/helper-program.ts', files: [] },
      // Only asked where the file itself is, to start it again (main.ts) or to look at the checkout (machine.ts).
      { reader: 'agent/main.ts', files: [] },
      { reader: 'agent/doctor/machine.ts', files: [] },
    ],
  },
  { folder: 'cli', beside: [] },
  { folder: 'proxy', beside: [] },
];

/** Beside each built file: which sources it was made from and when. client/node/launch.mjs reads it. */
export const BUILT_FROM = 'built-from.json';
/** Beside each built file: the licences of the packages in it. */
export const LICENSES = 'licenses.md';

export const nodeBuiltins = [...builtinModules, /^node:/];
export const onNode = { target: 'node24', minify: false, sourcemap: false, reportCompressedSize: false } as const;

export interface Bundle {
  /** From the root. */
  input: string;
  outDir: string;
  /** Default: the pinned Node. */
  target?: string;
  output: { format: 'es' | 'cjs'; entryFileNames: string; banner?: string };
  /** Names that become these values. */
  define?: Readonly<Record<string, string>>;
  plugins?: Plugin[];
}

/** Builds the programs after the bundle it is a plugin of. */
export function programBundles(root: string): Plugin {
  return {
    name: 'tt-programs',
    async closeBundle() {
      await buildPrograms(root, path.join(root, 'out'));
    },
  };
}

/** Makes `<output>/<folder>/main.js` of each program. */
export async function buildPrograms(root: string, output: string): Promise<void> {
  for (const program of programs) await buildProgram(root, program, path.join(output, program.folder));
}

async function buildProgram(root: string, { folder, beside }: Program, outDir: string): Promise<void> {
  const builtAt = Date.now();
  const sources: string[] = [];
  await bundleProgram(root, {
    input: `${folder}/main.ts`,
    outDir,
    output: { format: 'es', entryFileNames: 'main.js' },
    plugins: [listSources(root, sources)],
  });
  for (const { files } of beside) {
    for (const file of await filesOf(root, files)) {
      await cp(path.join(root, file), path.join(outDir, path.basename(file)), {
        recursive: true,
        filter: (source) => !path.basename(source).startsWith('.git'),
      });
      sources.push(file, ...(await filesBelow(root, file)));
    }
  }
  if (folder === 'agent') {
    await buildGuestHelpers(root, outDir);
    sources.push(...(await filesBelow(root, HELPER_SOURCES)));
  }
  await writeFile(path.join(outDir, BUILT_FROM), `${JSON.stringify({ builtAt, sources: sources.toSorted() })}\n`);
}

/** One file of all that `input` (from the root) needs, with the licences of the packages in it beside it. Empties `outDir`. */
export async function bundleProgram(
  root: string,
  { input, outDir, target, output, define = {}, plugins = [] }: Bundle,
): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    plugins: [lazyBuiltins(), directImports(root), withoutNative(), ...plugins],
    build: {
      ...onNode,
      ...(target !== undefined && { target }),
      outDir,
      emptyOutDir: true,
      ssr: true,
      license: { fileName: LICENSES },
      rolldownOptions: {
        input: path.join(root, input),
        // Parts that are imported when needed stay in the one file and run when needed.
        output: { ...output, codeSplitting: false },
      },
    },
    ssr: { noExternal: true, target: 'node' },
  });
}

async function filesOf(root: string, files: Program['beside'][number]['files']): Promise<readonly string[]> {
  if (!('folder' in files)) return files;
  const names = await readdir(path.join(root, files.folder));
  return names.filter((name) => name.endsWith(files.ending)).map((name) => path.join(files.folder, name));
}

/** Of a folder, all that is in it: a folder itself does not change with the files in it. */
async function filesBelow(root: string, file: string): Promise<string[]> {
  if (!(await stat(path.join(root, file))).isDirectory()) return [];
  const names = await readdir(path.join(root, file), { recursive: true });
  return names.map((name) => path.join(file, name));
}

/** Notes our own modules of the bundle, from the root, and what pins those of others. */
function listSources(root: string, sources: string[]): Plugin {
  return {
    name: 'tt-list-sources',
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const file = path.relative(root, id);
        if (path.isAbsolute(id) && !file.startsWith('..') && !file.includes('node_modules')) sources.push(file);
      }
      sources.push('package-lock.json');
    },
  };
}
