// Fingerprints of authorities as the window finds them: the same as everywhere else, and none where there is nothing to pin.
import { fingerprintOf } from '@tt/client/node';
import { makeAuthority } from '@tt/server/certificates';
import { expect, it } from 'vitest';
import { fingerprintOfPage, fingerprintOfPem } from './authority-fingerprint.ts';

it('is the one of the certificate that the server gives', async () => {
  const { certificate } = await makeAuthority('x', new Date());
  expect(await fingerprintOfPem(certificate)).toBe(fingerprintOf(certificate));
  const asked: string[] = [];
  const answering = (status: number, body: string) => async (url: unknown) => {
    asked.push(String(url));
    return new Response(body, { status });
  };
  const origin = 'https://tt.example:9527';
  expect(await fingerprintOfPage(origin, answering(200, certificate))).toBe(fingerprintOf(certificate));
  expect(await fingerprintOfPage(origin, answering(404, ''))).toBe(null);
  expect(asked).toEqual([`${origin}/ca.pem`, `${origin}/ca.pem`]);
  expect(await fingerprintOfPage('http://127.0.0.1:9527', answering(500, ''))).toBe(null);
  await expect(fingerprintOfPage(origin, answering(500, ''))).rejects.toThrow('500');
  await expect(fingerprintOfPem('nothing')).rejects.toThrow('not a certificate');
});
