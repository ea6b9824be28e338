// `npm run config:reference`: writes docs/config-reference.md from the schema of the agent's configuration.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { configReference } from './config-reference/text.ts';

const file = path.resolve(import.meta.dirname, '../docs/config-reference.md');
await writeFile(file, configReference());
process.stdout.write(`${path.relative(process.cwd(), file)} is written\n`);
