// Test support: what is known of a transfer, of which a test names what it is about.
import { randomUUID } from 'node:crypto';
import type { Transfer } from '@tt/protocol';

/** An upload of mei that has begun, of six bytes. */
export function testTransfer(about: Partial<Transfer> = {}): Transfer {
  return {
    id: randomUUID(),
    direction: 'upload',
    state: 'open',
    fileName: 'f',
    sizeBytes: 6,
    doneBytes: 0,
    sha256: null,
    owner: 'mei',
    createdAt: new Date(0).toISOString(),
    expiresAt: new Date(0).toISOString(),
    ...about,
  };
}
