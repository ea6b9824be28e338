// Files in a guest: their names, what the agent tells of them, and how many fit into one call.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { timestamp, vmId } from './common.ts';
import { sha256 } from './transfer.ts';

/** Of one call. More are sent in several, each with an upload of its own. */
export const MOST_GUEST_FILES = 1000;
/** Entries that a list holds at most. */
export const MOST_LISTED_FILES = 10_000;
/** Linux counts bytes, and refuses what has more of them. */
const MOST_PATH_LENGTH = 4095;

const hasDots = (path: string) => path.split('/').some((part) => part === '.' || part === '..');

export const guestPathSchema = z
  .string()
  .max(MOST_PATH_LENGTH)
  .regex(/^\/[^\0]*$/, 'must be an absolute path')
  .refine((path) => !hasDots(path), 'must not contain “.” or “..” as a part')
  .describe('Absolute path in the guest.');

/** True for `a/b/c`: it leads into a folder and never out of it. */
export function isInnerPath(path: string): boolean {
  const isShort = path.length <= MOST_PATH_LENGTH;
  return isShort && !path.includes('\0') && !hasDots(path) && path.split('/').every((part) => part !== '');
}

export const innerPathSchema = z
  .string()
  .min(1)
  .refine(isInnerPath, 'must be a path below the folder, without empty parts, “.” and “..”')
  .describe('Path below the folder, e.g. a/b.txt.');

const mode = z.number().int().min(0).max(0o7777);
const sizeBytes = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** A name or a number. A colon would end it. */
export const guestUserSchema = z.string().regex(/^[^\0:]{1,64}$/, 'must be the name or the number of a user');

export const sentFileSchema = z.strictObject({
  path: innerPathSchema,
  sizeBytes,
  mode: mode.default(0o644).describe('Permission bits. Default: 420 (octal 644).'),
});
export type SentFile = z.infer<typeof sentFileSchema>;

export const wantedFileSchema = z
  .strictObject({
    path: guestPathSchema,
    sizeBytes,
    fromByte: sizeBytes
      .default(0)
      .describe(
        'Where to begin: the bytes before it are not sent. Default 0. The hash is always that of the whole file.',
      ),
  })
  .refine(({ sizeBytes: size, fromByte }) => fromByte <= size, 'fromByte must not be more than sizeBytes');

export const guestEntrySchema = z.object({
  kind: z.enum(['file', 'folder', 'link', 'other']),
  path: z.string().describe('As the guest spells it.'),
  sizeBytes: z.number(),
  mode: z.number().int().describe('Permission bits.'),
  modifiedAt: timestamp,
  owner: z
    .string()
    .optional()
    .describe(
      'Name of the user whose it is, or the number where that has no name. Absent where the guest does not tell.',
    ),
});
export type GuestEntryView = z.infer<typeof guestEntrySchema>;

export const pushedVmSchema = z.object({
  vmId,
  vmName: z.string(),
  state: z.enum(['done', 'failed']),
  doneBytes: z.number().int().nonnegative(),
  failure: errorRecordSchema.nullable(),
});
export type PushedVm = z.infer<typeof pushedVmSchema>;

export const fetchedFileSchema = z.object({
  path: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  mode: z.number().int(),
  modifiedAt: timestamp,
  sha256,
});
export type FetchedFile = z.infer<typeof fetchedFileSchema>;
