// Every view has an address that leads back to it.
import { expect, test } from 'vitest';
import { memoryAddress } from '../testing/test-stores.ts';
import { formatRoute, parseRoute, type Route, terminalIn, terminalPage } from './route.ts';
import { ViewStore } from './view-store.ts';

const routes: [string, Route][] = [
  ['#/envs', { page: 'envs' }],
  ['#/envs/demo', { page: 'env', envName: 'demo', tab: 'machines' }],
  ['#/envs/demo/timeline', { page: 'env', envName: 'demo', tab: 'timeline' }],
  ['#/envs/demo/console/vm-7', { page: 'console', envName: 'demo', vmId: 'vm-7' }],
  ['#/envs/demo/console/vm-7/serial', { page: 'console', envName: 'demo', vmId: 'vm-7', tab: 'serial' }],
  ['#/envs/demo/console/vm-7/shell', { page: 'console', envName: 'demo', vmId: 'vm-7', tab: 'shell' }],
  [
    '#/envs/demo/console/vm-7/serial/alone',
    { page: 'console', envName: 'demo', vmId: 'vm-7', tab: 'serial', alone: true },
  ],
  ['#/panes', { page: 'panes' }],
  ['#/player', { page: 'player' }],
  ['#/envs/demo/wall', { page: 'wall', envName: 'demo' }],
  ['#/envs/demo/files/vm-7/%2Fsrv%2Fa%20b', { page: 'files', envName: 'demo', vmId: 'vm-7', path: '/srv/a b' }],
  ['#/bin', { page: 'bin' }],
  ['#/consoles', { page: 'consoles' }],
  ['#/activity', { page: 'activity' }],
  ['#/activity/history', { page: 'activity', tab: 'history' }],
  ['#/administration', { page: 'administration' }],
  ['#/administration/log', { page: 'administration', tab: 'log' }],
  ['#/settings', { page: 'settings' }],
  ['#/help', { page: 'help' }],
  ['#/help/warm-images', { page: 'help', section: 'warm-images' }],
];

test.each(routes)('%s', (hash, route) => {
  expect(parseRoute(hash)).toEqual(route);
  expect(formatRoute(route)).toBe(hash);
});

test('an unknown tab of a console is none', () => {
  expect(parseRoute('#/envs/demo/console/vm-7/nowhere')).toEqual({ page: 'console', envName: 'demo', vmId: 'vm-7' });
});

test('what is unknown leads to the board', () => {
  for (const hash of ['', '#', '#/nowhere', '#join=abc', '#/envs/%E0%A4%A/x/y']) {
    expect(['envs', 'env']).toContain(parseRoute(hash).page);
  }
});

test('the files of a guest begin at its root where the address has no path', () => {
  for (const end of ['', '/', '/srv', '/%2Fsrv%2F..%2Fetc']) {
    expect(parseRoute(`#/envs/demo/files/vm-7${end}`)).toMatchObject({ page: 'files', path: '/' });
  }
});

test('the address follows the view and the view the address', () => {
  const address = memoryAddress('#/images');
  const view = new ViewStore(address, () => null);
  const stop = view.start();
  expect(view.route.page).toBe('images');
  view.goToEnv('demo');
  expect(address.read()).toBe('#/envs/demo');
  expect(view.chosenEnv).toBe('demo');
  address.visit('#/hosts');
  expect([view.route.page, view.chosenEnv]).toEqual(['hosts', null]);
  stop();
});

test('the page of a terminal is no view of the window', () => {
  expect(terminalIn(terminalPage('room 7', 'pc/1'))).toEqual({ labName: 'room 7', terminalName: 'pc/1' });
  expect(terminalIn('#/terminal')).toEqual({});
  expect(['#/terminals', '#/labs', ''].map(terminalIn)).toEqual([null, null, null]);
});
