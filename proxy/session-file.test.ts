// Sessions of browsers in the file beside a proxy's token.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sessionStoreContract } from '../agent/testing/session-store-contract.ts';
import { sessionFile } from './session-file.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tt-sessions-'));
const file = path.join(directory, 'token.sessions');
afterAll(() => rmSync(directory, { recursive: true }));

sessionStoreContract('the file of a proxy', () => () => sessionFile(file));

it('the file is its owner’s alone, and one that is damaged is not taken for an empty one', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, '{');
  expect(() => sessionFile(file)).toThrow();
});
