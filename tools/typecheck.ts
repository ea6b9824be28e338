// `npm run typecheck`: checks each process folder with the options of its own tsconfig, so that the path says what code may
// touch. Folders with the same options are checked as one program: what they all import is checked once, not once for each.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { runCommand } from '../agent/host/run-command.ts';

const root = path.resolve(import.meta.dirname, '..');
/** The largest first, so that no processor is idle at the end. */
const projects = [
  'agent',
  'server',
  'cli',
  'proxy',
  'tools',
  'bench',
  'e2e',
  'renderer',
  'main',
  'client/node',
  'client',
  'protocol',
  'preload',
];

interface TsConfig {
  extends: string;
  compilerOptions: Record<string, unknown>;
  include: string[];
  exclude?: string[];
  files: string[];
}

/** Projects that may be one program, and where its tsconfig is. */
interface Program {
  projects: string[];
  tsconfig: string;
}

let failed = false;
const waiting = await programs();
// One checker for each program and one program for each processor: checkers of one program resolve the same types several times.
await Promise.all(Array.from({ length: availableParallelism() }, checkNext));
process.stdout.write(failed ? '' : `types: ${projects.length} projects are fine\n`);
process.exit(failed ? 1 : 0);

async function checkNext(): Promise<void> {
  const program = waiting.shift();
  if (!program) return;
  const { exitCode, stdout } = await runCommand(
    path.join(root, 'node_modules/.bin/tsc'),
    ['-p', program.tsconfig, '--pretty', 'false', '--checkers', '1'],
    { cwd: root, timeoutMs: 600_000, okExitCodes: [0, 1, 2] },
  );
  if (exitCode !== 0) {
    failed = true;
    process.stdout.write(`${program.projects.join(', ')}:\n${stdout}`);
  }
  return checkNext();
}

async function programs(): Promise<Program[]> {
  const groups = new Map<string, { name: string; config: TsConfig }[]>();
  for (const name of projects) {
    const config = JSON.parse(await readFile(path.join(root, name, 'tsconfig.json'), 'utf8')) as TsConfig;
    // What one leaves out another may hold: it stays alone.
    const key = JSON.stringify([config.compilerOptions, config.exclude && name]);
    groups.set(key, [...(groups.get(key) ?? []), { name, config }]);
  }
  return Promise.all([...groups.values()].map(programOf));
}

async function programOf(group: { name: string; config: TsConfig }[]): Promise<Program> {
  const names = group.map(({ name }) => name);
  const [first] = group;
  if (group.length === 1 || !first) return { projects: names, tsconfig: names.join() };
  const all = (key: 'include' | 'files') =>
    group.flatMap(({ name, config }) => config[key].map((file) => path.join(root, name, file)));
  const { compilerOptions } = first.config;
  const merged = {
    extends: path.join(root, 'tsconfig.json'),
    compilerOptions,
    include: all('include'),
    files: all('files'),
  };
  const folder = path.join(root, 'node_modules', '.cache', 'tt');
  await mkdir(folder, { recursive: true });
  const tsconfig = path.join(folder, `tsconfig.${names.join('-').replaceAll('/', '-')}.json`);
  await writeFile(tsconfig, JSON.stringify(merged, null, 2));
  return { projects: names, tsconfig };
}
