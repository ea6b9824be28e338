// How ssh servers are written.
import { expect, test } from 'vitest';
import { readSshServer, sshServerText } from './ssh-text.ts';

test.each([
  ['build1', { user: '', host: 'build1', port: 0 }],
  ['host:22', { user: '', host: 'host', port: 22 }],
  ['kim@host', { user: 'kim', host: 'host', port: 0 }],
  ['kim@host:22', { user: 'kim', host: 'host', port: 22 }],
  [' kim@10.0.0.5:2222 ', { user: 'kim', host: '10.0.0.5', port: 2222 }],
  ['kim@[2001:db8::1]:23', { user: 'kim', host: '2001:db8::1', port: 23 }],
])('%s is one', (text, server) => {
  expect(readSshServer(text)).toEqual(server);
  expect(readSshServer(sshServerText(server))).toEqual(server);
});

test.each(['', 'kim@', '@host', 'kim@host:0', 'kim@host:65536', 'kim@host:x', 'kim@a b', 'ki m@a', 'kim@2001:db8::1'])(
  '%j is none',
  (text) => {
    expect(readSshServer(text)).toBe(null);
  },
);
