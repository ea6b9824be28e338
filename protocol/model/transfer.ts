// A file on its way between a client and an agent, in chunks of the contract's own calls, so that proxy, desktop and command
// line need no other door. What was sent stays when the link is cut: both ways it goes on at the byte where it stopped.
import { z } from 'zod';
import { timestamp } from './common.ts';

/** The most bytes in one call: 512 KiB of base64. */
export const CHUNK_BYTES = 384 * 1024;
const CHUNK_BASE64 = (CHUNK_BYTES / 3) * 4;

export const transferId = z.uuid();
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 in small hex digits.');
export const chunk = z.base64().max(CHUNK_BASE64).describe('At most 384 KiB, in base64.');
/** A name to show and to save under, never a path of the agent. */
export const fileName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^/\\\p{Cc}]+$/u, 'must be a name without folders');

export const transferSchema = z.object({
  id: transferId,
  direction: z.enum(['upload', 'download']),
  fileName: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  doneBytes: z.number().int().nonnegative().describe('Bytes the agent has; the next chunk of an upload begins here.'),
  state: z
    .enum(['open', 'whole', 'inUse'])
    .describe(
      'open: bytes of the upload are missing. whole: checked, ready to be used or read. inUse: by an operation.',
    ),
  sha256: sha256.nullable().describe('Of the whole file; null while it is open.'),
  owner: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.describe('When it is removed unless it is used before; each chunk moves this on.'),
});
export type Transfer = z.infer<typeof transferSchema>;
