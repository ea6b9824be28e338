// Files of ENVs that anybody may hand to somebody: whatever they hold, they are read or refused with lines and columns of the file, in
// bounded time, and what is read is what the contract takes.
// @module-tag deep
import { envFileSchema, TtError } from '@tt/protocol';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { fuzz, fuzzing, mutated } from '../../agent/testing/fuzz.ts';
import { planEnv } from '../env-file/plan-env.ts';
import { readEnvFile } from '../env-file/read-env-file.ts';
import { envFileYaml } from '../env-file/write-env-file.ts';
import { yamlLimits } from './limits.ts';

const sample = `# A shop
name: shop
title: "Web \\u263a"
notes: |
  two
  lines
tags: [a, &b "b"]
snapshotSchedule: { everyMinutes: 30, keep: 4 }
groups:
  - &one
    osPrefix: tiny
    copies: 2
    ports: [{ protocol: tcp, guestPort: 80 }]
    nics: [{ kind: nat, bandwidthMbps: null }]
    blacklist: [192.0.2.0/24]
    cloudInit: { user: kim, files: [{ path: /etc/motd, content: hi }] }
  - { <<: *one, diskMiB: 2048, medium: null }
---
name: other
groups: []
`;
const words = [
  '&a ',
  '*one',
  '*a',
  '<<: ',
  '---\n',
  '!!binary ',
  '!x ',
  '? ',
  '- ',
  '[',
  '{',
  '"\\u',
  '|\n',
  '>-\n',
  '%YAML 1.1\n',
  '\u0000',
  '__proto__: ',
  '\r\n',
  '\u2028',
  '#',
];

/** What it holds, or null when it is refused as it should be. */
function readOrRefused(text: string) {
  try {
    return readEnvFile(text, 'f.yaml');
  } catch (error) {
    if (!(error instanceof TtError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const { problems } = error.data as TtError<'DOCUMENT_INVALID'>['data'];
    const lines = text.split('\n').length;
    expect(problems.length).toBeGreaterThan(0);
    for (const { line, column } of problems) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(lines + 1);
      expect(column).toBeGreaterThan(0);
    }
    return null;
  }
}

it('files of ENVs', fuzzing, async () => {
  await fuzz(mutated(Buffer.from(sample), words), (bytes) => {
    for (const file of readOrRefused(bytes.toString('utf8')) ?? []) {
      expect(envFileSchema.safeParse(file).success).toBe(true);
      const [planned] = planEnv(file, { current: null, images: [], now: new Date(0) });
      expect(planned?.step.kind).toBe('createEnv');
    }
  });
});

it('files made of what YAML is made of', fuzzing, async () => {
  const piece = fc.oneof(
    fc.constantFrom(...words, ' ', '\n', '  ', ': ', 'name', 'a'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const repeated = fc.tuple(piece, fc.constantFrom(1, 2, 40, 5000)).map(([text, times]) => text.repeat(times));
  await fuzz(fc.array(repeated, { maxLength: 12 }), (pieces) => void readOrRefused(pieces.join('')));
});

it('texts of an ENV on their way through a file', fuzzing, async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const tag = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  await fuzz(fc.record({ title: text, notes: text, tags: fc.array(tag, { maxLength: 4 }) }), (texts) => {
    const file = { name: 'demo', ...texts };
    expect(readEnvFile(envFileYaml({ file, partlySetUp: [] }), 'f.yaml')).toEqual([file]);
  });
});

it('a file with more faults than a call may have arguments', () => {
  expect(readOrRefused('"'.repeat(yamlLimits.length))).toBeNull();
});
