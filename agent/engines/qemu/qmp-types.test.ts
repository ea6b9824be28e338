// The generated QMP types agree with the QEMU installed here.
// @module-tag real
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { GENERATED_FILE, generate } from '../../../tools/qmp-types.ts';

const committed = await readFile(GENERATED_FILE, 'utf8');
const installed = await generate();
const sameVersion = committed.includes(`Generated from QEMU ${installed.version} `);

it.skipIf(!sameVersion)(
  `agree with QEMU ${installed.version}${sameVersion ? '' : ' (skipped: made from another)'}`,
  () => {
    expect(installed.text).toBe(committed);
  },
);
