// What a click on a port does, where, and what is known of it.
import type { PortMapping } from '@tt/protocol';
import { expect, test } from 'vitest';
import { healthOf, isLoopback, openingOf } from './port-open.ts';

const port = (guestPort: number, hostAddress = '127.0.0.2', protocol: 'tcp' | 'udp' = 'tcp'): PortMapping => ({
  protocol,
  guestPort,
  hostPort: 40_000,
  hostAddress,
});

test.each([
  [port(22), true, { kind: 'shell' }],
  [port(22), false, { kind: 'shell' }],
  [port(80), true, { kind: 'browser', url: 'http://127.0.0.2:40000/' }],
  [port(443), true, { kind: 'browser', url: 'https://127.0.0.2:40000/' }],
  [port(8080, '192.0.2.7'), false, { kind: 'browser', url: 'http://192.0.2.7:40000/' }],
  [port(80, '2001:db8::7'), false, { kind: 'browser', url: 'http://[2001:db8::7]:40000/' }],
  // On another computer the same address would be another machine's page.
  [port(80), false, { kind: 'onHost', url: 'http://127.0.0.2:40000/' }],
  [port(80, '::1'), false, { kind: 'onHost', url: 'http://[::1]:40000/' }],
  [port(3306), true, { kind: 'copy' }],
  [port(80, '127.0.0.2', 'udp'), true, { kind: 'copy' }],
  [port(22, '127.0.0.2', 'udp'), true, { kind: 'copy' }],
])('%o, on its host: %s', (mapping, isOnHost, opening) => {
  expect(openingOf(mapping, isOnHost)).toEqual(opening);
});

test('only addresses of this computer are its own', () => {
  expect(['127.0.0.1', '127.255.0.3', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
  expect(['0.0.0.0', '10.127.0.1', '127.example.org', '::2', ''].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('of ssh it is known whether it answers, of others nothing', () => {
  const running = (sshAt: string | null) => ({
    state: 'running' as const,
    readiness: { stage: 'booting' as const, agentAt: null, sshAt },
  });
  expect(healthOf(running(null), port(22))).toBe('waiting');
  expect(healthOf(running('2026-11-30T08:00:00.000Z'), port(22))).toBe('answers');
  expect(healthOf(running(null), port(80))).toBeNull();
  const off = (['stopped', 'paused'] as const).map((state) => healthOf({ state, readiness: null }, port(22)));
  expect([...off, healthOf({ state: 'stopped', readiness: null }, port(80))]).toEqual(['off', 'off', 'off']);
});
