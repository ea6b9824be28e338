// A certificate of the administrator, which ends at an authority that is not in its file: who made it, and that nobody here replaces it.
import { makeAuthority, makeServerCertificate } from '@tt/server/certificates';
import { expect, it } from 'vitest';
import { certificateReport } from './certificate-report.ts';

it('tells the files of the administrator, and no time at which the agent replaces it', async () => {
  const now = new Date('2026-11-21T10:00:00.000Z');
  const authority = await makeAuthority('Example, Inc.', now);
  const names = { hostNames: ['tt.example'], addresses: ['192.0.2.1', '2001:db8::1'] };
  const { certificate: cert, key } = await makeServerCertificate(authority, names, now);
  const files = ['/etc/tt/tt.pem', '/etc/tt/tt.key'];
  const report = certificateReport({ current: { cert, key }, pinned: null, renewsAt: null }, files);
  expect(report).toMatchObject({
    origin: 'administrator',
    issuer: 'CN=Example\\, Inc.',
    authorityFingerprint: null,
    validFrom: '2026-11-20T10:00:00.000Z',
    validTo: '2026-12-21T10:00:00.000Z',
    renewAt: null,
    files,
  });
  expect(report.names).toEqual(
    expect.arrayContaining(['DNS:tt.example', 'IP Address:192.0.2.1', 'IP Address:2001:DB8:0:0:0:0:0:1']),
  );
  expect(JSON.stringify(report)).not.toContain('PRIVATE');
});
