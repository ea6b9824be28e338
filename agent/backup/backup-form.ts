// The form of a backup: a tar file with a manifest first, then files of the state folder, and last the checksum of everything before it.
import { z } from 'zod';

/** Of the form. One that a reader does not know is refused. 2: may have the audit trail. */
export const BACKUP_VERSION = 2;
export const MANIFEST_NAME = 'tt-backup.json';
/** Holds the SHA-256 of all bytes before its header, in hex, and a newline. */
export const CHECKSUM_NAME = 'tt-backup.sha256';
export const CHECKSUM_BYTES = 65;
export const DATABASE_NAME = 'state.sqlite';
export const AUDIT_NAME = 'audit-trail.sqlite';
/** The configuration file of the agent, wherever it was. */
export const CONFIGURATION_NAME = 'configuration.yaml';

/** Single files of the state folder that are in a backup, where they exist; and folders, of which each file is. */
export const SINGLE_FILES = ['token', 'capsule-key', 'fake-drivers'] as const;
export const FOLDERS = ['tls', 'keys', 'host-keys'] as const;

export const LIMITS = {
  /** A thousand images are about 500 KiB. */
  manifestBytes: 32 * 1024 * 1024,
  entries: 100_000,
  databaseBytes: 8 * 1024 * 1024 * 1024,
  /** Of each other file. */
  fileBytes: 1024 * 1024,
} as const;

const ENTRY = new RegExp(
  `^(?:${[DATABASE_NAME, AUDIT_NAME, CONFIGURATION_NAME, ...SINGLE_FILES].map((name) => name.replace('.', '\\.')).join('|')}|(?:${FOLDERS.join('|')})/[A-Za-z0-9][\\w.-]*)$`,
);

/** Whether a backup may hold a file of this name; no other is written into a state folder. */
export function isEntryName(name: string): boolean {
  return ENTRY.test(name);
}

export function longestOf(name: string): number {
  return name === DATABASE_NAME || name === AUDIT_NAME ? LIMITS.databaseBytes : LIMITS.fileBytes;
}

/** An image or a medium of the image folder, which is not in the backup. */
const imageSchema = z.object({
  /** In the image folder. */
  file: z.string(),
  /** null: a medium. */
  name: z.string().nullable(),
  /** SHA-256 in hex of each of its files, as its manifest has them; null: a medium. */
  sha256: z.record(z.string(), z.string()).nullable(),
});
export type BackupImage = z.infer<typeof imageSchema>;

export const manifestSchema = z.object({
  format: z.literal('tt-backup'),
  version: z.number().int().positive(),
  /** The version of TT. */
  madeBy: z.string(),
  /** Of the database. */
  schema: z.number().int().positive(),
  /** ISO 8601. */
  createdAt: z.string(),
  hostName: z.string(),
  /** How many the database has. */
  envs: z.number().int().nonnegative(),
  vms: z.number().int().nonnegative(),
  images: z.array(imageSchema),
  /** In the order of the file. */
  entries: z
    .array(z.object({ path: z.string().refine(isEntryName), sizeBytes: z.number().int().nonnegative() }))
    .max(LIMITS.entries),
});
export type BackupManifest = z.infer<typeof manifestSchema>;

/** What is read first, of any version. */
export const manifestHeadSchema = z.object({
  format: z.literal('tt-backup'),
  version: z.number().int().positive(),
  madeBy: z.string(),
  schema: z.number().int().positive(),
});
