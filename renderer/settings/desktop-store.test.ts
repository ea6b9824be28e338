// What the desktop says of itself is known from its answers; one that refuses changes nothing.
import { expect, test } from 'vitest';
import type { DesktopRequest, DesktopState } from '../bridge.ts';
import { DesktopStore } from './desktop-store.ts';

test('each answer says how it is now, and a refusal leaves what is known', async () => {
  let state: DesktopState = { notifies: true, keepsRunning: false };
  const told: DesktopRequest[] = [];
  const store = new DesktopStore(async (request) => {
    told.push(request);
    if (request.do === 'notify') state = { ...state, notifies: request.on };
    if (request.do === 'keepRunning') throw new Error('refused');
    return state;
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  expect(store.state).toBe(null);
  store.load();
  await settled();
  expect(store.state).toEqual({ notifies: true, keepsRunning: false });
  store.ask({ do: 'notify', on: false });
  store.ask({ do: 'keepRunning', on: true });
  await settled();
  expect(store.state).toEqual({ notifies: false, keepsRunning: false });
  expect(told.map((request) => request.do)).toEqual(['state', 'notify', 'keepRunning']);
});
