// `npm run man`: writes the manual pages of tt, tt-agent and tt-proxy into docs/man/, from their commands.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manPages } from './man-pages.ts';

const folder = path.resolve(import.meta.dirname, '../docs/man');
await mkdir(folder, { recursive: true });
for (const [name, text] of await manPages()) {
  const file = path.join(folder, name);
  await writeFile(file, text);
  process.stdout.write(`${path.relative(process.cwd(), file)} is written\n`);
}
