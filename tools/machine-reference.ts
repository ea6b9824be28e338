// `npm run machine:reference`: writes docs/machine-reference.md and docs/schemas/ from the table of a machine's properties.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { machineReference, schemas } from './machine-reference/text.ts';

const docs = path.resolve(import.meta.dirname, '../docs');
const files = { 'machine-reference.md': machineReference(), ...schemas() };
for (const [name, text] of Object.entries(files)) {
  await writeFile(path.join(docs, name), text);
  process.stdout.write(`docs/${name} is written\n`);
}
