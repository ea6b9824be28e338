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
  [port(22), 'here', { kind: 'shell' }],
  [port(22), 'own', { kind: 'shell' }],
  [port(80), 'here', { kind: 'browser', url: 'http://127.0.0.2:40000/' }],
  [port(443), 'here', { kind: 'browser', url: 'https://127.0.0.2:40000/' }],
  [port(8080, '192.0.2.7'), 'own', { kind: 'browser', url: 'http://192.0.2.7:40000/' }],
  [port(80, '2001:db8::7'), 'own', { kind: 'browser', url: 'http://[2001:db8::7]:40000/' }],
  // On another computer the same address would be another machine's page.
  [port(80), 'own', { kind: 'onHost', url: 'http://127.0.0.2:40000/' }],
  [port(80, '::1'), 'own', { kind: 'onHost', url: 'http://[::1]:40000/' }],
  [port(80), 'tunnel', { kind: 'tunnel', scheme: 'http' }],
  [port(443, '192.0.2.7'), 'tunnel', { kind: 'tunnel', scheme: 'https' }],
  [port(22), 'tunnel', { kind: 'shell' }],
  [port(3306), 'here', { kind: 'copy' }],
  [port(80, '127.0.0.2', 'udp'), 'here', { kind: 'copy' }],
  [port(22, '127.0.0.2', 'udp'), 'here', { kind: 'copy' }],
] as const)('%o, reached %s', (mapping, reach, opening) => {
  expect(openingOf(mapping, reach)).toEqual(opening);
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

test('of ssh it is known whether it answers, of others what the agent found', () => {
  const running = (sshAt: string | null) => ({
    state: 'running' as const,
    readiness: { stage: 'booting' as const, agentAt: null, sshAt },
  });
  expect(healthOf(running(null), port(22), 'open')).toBe('waiting');
  expect(healthOf(running('2026-11-30T08:00:00.000Z'), port(22), null)).toBe('answers');
  const found = (['open', 'closed', 'unknown', null] as const).map((one) => healthOf(running(null), port(80), one));
  expect(found).toEqual(['open', 'closed', 'unknown', 'unknown']);
  const off = (['stopped', 'paused'] as const).map((state) => healthOf({ state, readiness: null }, port(22), null));
  expect([...off, healthOf({ state: 'stopped', readiness: null }, port(80), 'open')]).toEqual(['off', 'off', 'off']);
});
