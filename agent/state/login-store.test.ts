// Browser sessions in the agent's database, and in memory as tests store them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memorySessions } from '@tt/server';
import { afterAll } from 'vitest';
import { sessionStoreContract } from '../testing/session-store-contract.ts';
import { StateStore } from './store.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tt-logins-'));
const opened: StateStore[] = [];
afterAll(() => {
  for (const store of opened) store.close();
  rmSync(directory, { recursive: true });
});

sessionStoreContract('memory', () => {
  const store = memorySessions();
  return () => store;
});

sessionStoreContract('the database of an agent', () => () => {
  const store = new StateStore(path.join(directory, 'state.sqlite'));
  opened.push(store);
  return store.loginStore();
});
