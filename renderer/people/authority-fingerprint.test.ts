// Fingerprints of authorities as the window finds them: SHA-256 of what is in the file, and none where there is nothing to pin.
import { expect, it } from 'vitest';
import { fingerprintOfPage, fingerprintOfPem } from './authority-fingerprint.ts';

/** Three bytes in place of a certificate, whose digest is a test vector of the standard (FIPS 180-2, B.1). */
const PEM = '-----BEGIN CERTIFICATE-----\nYW\nJj\n-----END CERTIFICATE-----\n';
const DIGEST = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

it('is the one of the certificate that the server gives', async () => {
  expect(await fingerprintOfPem(PEM)).toBe(DIGEST);
  const asked: string[] = [];
  const answering = (status: number, body: string) => async (url: unknown) => {
    asked.push(String(url));
    return new Response(body, { status });
  };
  const origin = 'https://tt.example:9527';
  expect(await fingerprintOfPage(origin, answering(200, PEM))).toBe(DIGEST);
  expect(await fingerprintOfPage(origin, answering(404, ''))).toBe(null);
  expect(asked).toEqual([`${origin}/ca.pem`, `${origin}/ca.pem`]);
  expect(await fingerprintOfPage('http://127.0.0.1:9527', answering(500, ''))).toBe(null);
  await expect(fingerprintOfPage(origin, answering(500, ''))).rejects.toThrow('500');
  await expect(fingerprintOfPem('nothing')).rejects.toThrow('not a certificate');
});
