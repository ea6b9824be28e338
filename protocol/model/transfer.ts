// A file in transit between a client and an agent, by a stream. Sent bytes are kept when the link is cut: both directions resume
// at the byte where they stopped.
import { z } from 'zod';
import { timestamp } from './common.ts';

export const transferId = z.uuid();
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 in lower-case hex digits.');
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
  sizeBytes: z.number().int().nonnegative().describe('0 for a download until it is known.'),
  doneBytes: z.number().int().nonnegative().describe('Bytes the agent has; an upload continues from here.'),
  state: z
    .enum(['open', 'reserved', 'packing', 'whole', 'inUse'])
    .describe(
      'open: the upload is incomplete. reserved: a download that no operation has started to fill. packing: a growing download, which can already be read. whole: checked, ready to be used or read. inUse: used by an operation.',
    ),
  sha256: sha256.nullable().describe('Of the whole file; null while it is open.'),
  owner: z.string(),
  createdAt: timestamp,
  expiresAt: timestamp.describe('When it is deleted if it is not used; each byte received or sent postpones this.'),
});
export type Transfer = z.infer<typeof transferSchema>;
