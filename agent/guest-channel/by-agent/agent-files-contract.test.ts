// Files by the guest agent alone do what every channel must do, with the real script on this machine.
// @module-tag long
import { afterEach, beforeEach, expect } from 'vitest';
import { testGuestFiles } from '../guest-files.contract.ts';
import { TestHost } from './test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.make();
});
afterEach(async () => {
  expect(await host.remove()).toEqual([]);
});

testGuestFiles(
  'the guest agent',
  () => host.open(),
  () => host.folder,
);
