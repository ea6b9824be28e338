// `npm run man`: writes docs/man/tt.1 from the commands of tt.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { manPage } from '../cli/man-page.ts';
import { allCommands } from '../cli/program.ts';

const file = path.resolve(import.meta.dirname, '../docs/man/tt.1');
await mkdir(path.dirname(file), { recursive: true });
await writeFile(file, manPage(await allCommands()));
process.stdout.write(`${path.relative(process.cwd(), file)} is written\n`);
