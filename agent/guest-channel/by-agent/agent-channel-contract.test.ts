// Commands by the guest agent alone do what every channel must do, with the real scripts on this machine.
// @module-tag long
import { afterEach, beforeEach, expect } from 'vitest';
import { testCommandChannel } from '../command-channel.contract.ts';
import { TestHost } from './test-host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await TestHost.make();
});
afterEach(async () => {
  expect(await host.remove()).toEqual([]);
});

testCommandChannel('the guest agent', () => host.open());
