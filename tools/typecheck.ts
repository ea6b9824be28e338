// `npm run typecheck`: checks each process folder with its own tsconfig, so that the path says what code may touch.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../agent/host/run-command.ts';

const root = path.resolve(import.meta.dirname, '..');
const projects = [
  'protocol',
  'client',
  'client/node',
  'server',
  'agent',
  'cli',
  'proxy',
  'main',
  'preload',
  'renderer',
  'e2e',
  'tools',
  'bench',
];

let failed = false;
for (const project of projects) {
  if (!existsSync(path.join(root, project, 'tsconfig.json'))) throw new Error(`${project} has no tsconfig.json`);
  const { exitCode, stdout } = await runCommand(
    path.join(root, 'node_modules/.bin/tsc'),
    ['-p', project, '--pretty', 'false'],
    { cwd: root, timeoutMs: 120_000, okExitCodes: [0, 1, 2] },
  );
  if (exitCode === 0) continue;
  failed = true;
  process.stdout.write(`${project}:\n${stdout}`);
}
process.stdout.write(failed ? '' : `types: ${projects.length} projects are fine\n`);
process.exit(failed ? 1 : 0);
