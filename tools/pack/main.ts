// `npm run pack:cli`: the npm package of `tt` into dist/cli/; with `-- --sea` also the single executable for Linux x64.
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeChecksums } from './checksums.ts';
import { makeExecutable } from './executable.ts';
import { makeNpmPackage } from './npm-package.ts';

const root = path.resolve(import.meta.dirname, '../..');
const output = path.join(root, 'dist/cli');
const flags = process.argv.slice(2);
const unknown = flags.filter((flag) => flag !== '--sea');

if (unknown.length > 0) {
  process.stderr.write(`pack:cli: there is no ${unknown.join(' ')}; the only flag is --sea\n`);
  process.exitCode = 2;
} else await pack();

async function pack(): Promise<void> {
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  const files = [await makeNpmPackage(root, output)];
  if (flags.includes('--sea')) files.push(await makeExecutable(root, output));
  await writeChecksums(output, files);
  for (const file of files) {
    const { size } = await stat(file);
    process.stdout.write(`${path.relative(process.cwd(), file)}: ${(size / 1024 / 1024).toFixed(1)} MiB\n`);
  }
}
