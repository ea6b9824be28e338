// Which host names a server answers to: a foreign page whose name points to loopback must be refused.
import { expect, test } from 'vitest';
import { namesOf } from './serve-contract.ts';

test('on loopback only loopback names are ours', () => {
  const isOurs = namesOf(new URL('http://127.0.0.1:4000'));
  const asked = ['127.0.0.1:4000', 'localhost:4000', 'evil.example:4000', '127.0.0.1:4001', '192.0.2.7:4000', ''];
  expect(asked.filter(isOurs)).toEqual(['127.0.0.1:4000', 'localhost:4000']);
});

test('on all interfaces bare addresses are ours too, other names are not', () => {
  const isOurs = namesOf(new URL('http://0.0.0.0:4000'));
  const asked = ['192.0.2.7:4000', '[2001:db8::1]:4000', 'evil.example:4000', '192.0.2.7:80', 'not a host'];
  expect(asked.filter(isOurs)).toEqual(['192.0.2.7:4000', '[2001:db8::1]:4000']);
});
