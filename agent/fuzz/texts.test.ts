// Texts that people and guests write: a configuration file, and what a guest says of its setup. A wrong one is told by the error
// meant for it, and what a guest says is cut and cannot act on a terminal.
// @module-tag deep
import { isErrorCode, visible } from '@tt/protocol';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ZodError } from 'zod';
import { readAnswer } from '../cloud-init/provisioning-result.ts';
import { checkConfigText } from '../config/config-file.ts';
import { ConfigError } from '../config/errors.ts';
import { hostKeysIn } from '../operations/vms/host-keys.ts';
import { fuzz, fuzzing, mutated } from '../testing/fuzz.ts';

const CONFIG = `home: /var/lib/tt
listen: { address: 127.0.0.1, port: 9527 }
capacity: &c { cpuTotal: 8, memoryTotalMiB: 4096 }
quota:
  default: { vms: 4 }
  users: { mei: { vms: 8 } }
users:
  - { name: mei, role: user, tokenSha256: "${'0'.repeat(64)}" }
network: { default: nat, nat: { pool: 10.90.0.0/16 } }
lifetime: { warnS: [600, 60] }
`;

it('configuration files', fuzzing, async () => {
  const words = [
    '*c',
    '&a ',
    '- ',
    '? ',
    ': ',
    '{',
    '[',
    '!!map ',
    '<<: *c',
    '\t',
    '|',
    '>',
    '%YAML 9',
    '---\n',
    '__proto__: ',
    '1e999',
  ];
  await fuzz(mutated(Buffer.from(CONFIG), words), (bytes) => {
    try {
      checkConfigText(bytes.toString(), 'agent.yaml');
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      for (const { line, column } of (error as ConfigError).problems)
        expect(Math.min(line ?? 1, column ?? 1)).toBeGreaterThan(0);
    }
  });
});

it('what a guest says of its ssh host keys', fuzzing, async () => {
  const sample = Buffer.from(`ssh-ed25519 ${'A'.repeat(68)} root@guest\necdsa-sha2-nistp256 ${'B'.repeat(139)}=\n`);
  await fuzz(mutated(sample, ['\n', '\r\n', ' ', '\0', '@revoked ', 'ssh-rsa ', '=', '\u001b[2J']), (bytes) => {
    const keys = hostKeysIn(bytes.toString());
    expect(keys.length).toBeLessThanOrEqual(8);
    for (const key of keys) expect(key).toMatch(/^[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}$/);
  });
});

it('what a guest says of its setup', fuzzing, async () => {
  const output = Buffer.from('no such file\n').toString('base64');
  const result = JSON.stringify({ state: 'failed', command: 1, exitCode: 2, outputBase64: output });
  const status = JSON.stringify({ v1: { datasource: 'DataSourceNoCloud', stage: 'init', init: { errors: ['x'] } } });
  const finished = JSON.stringify({ v1: { datasource: null, errors: [] } });
  const samples = [
    ['', status, '', ''],
    [result, '', '', 'log'],
    ['', status, finished, 'log'],
  ];
  const words = ['\u0001\n', '\u001b]52;c;aGk=\u0007', '\u202e', '\r', 'null', '__proto__', '1e999', '9'.repeat(400)];
  const question = { vmName: 'tiny-2-1', commands: ['true'], readsSeeds: true };
  const said = fc
    .constantFrom(...samples.map((parts) => Buffer.from(['', ...parts].join('\u0001\n'))))
    .chain((sample) => mutated(sample, words));
  await fuzz(said, (bytes) => {
    try {
      const answer = readAnswer(bytes.toString(), question);
      const text = JSON.stringify(answer);
      expect(text).toBe(visible(text));
      expect(text.length).toBeLessThan(200_000);
      expect(answer.logTail?.length ?? 0).toBeLessThanOrEqual(20);
      expect(answer.failure === null || isErrorCode(answer.failure.code)).toBe(true);
    } catch (error) {
      // Said in one line of the log, without a stack (provisioning-watch.ts).
      if (!(error instanceof SyntaxError || error instanceof ZodError)) throw error;
    }
  });
});
