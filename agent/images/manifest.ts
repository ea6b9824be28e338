// The file `image.json` beside an image's disk: what the image is, how it boots, and conditions on its files.
import { imageMemosSchema } from '@tt/protocol';
import { z } from 'zod';

/** A file of the folder itself: a manifest from elsewhere must not name others of the host. */
const fileName = z
  .string()
  .regex(/^[^/]+$/)
  .refine((name) => name !== '.' && name !== '..');

/** Schema of `image.json`. File names are relative to its folder. */
export const imageManifestSchema = z.strictObject({
  /** `engine:os-version:variant`, e.g. `qemu:tiny-2:default`. */
  name: z.string(),
  /** Written by earlier versions; also part of the name. */
  engine: z.string().optional(),
  /** One sentence for people. */
  memo: z.string(),
  /** The same in other languages, by language tag. Recipes don’t write it: theirs are in `image-view.ts`, and older agents know none. */
  memos: imageMemosSchema.optional(),
  /** A password of null: by key only. */
  defaultLogin: z.strictObject({ user: z.string(), password: z.string().nullable() }).nullable(),
  minMemoryMiB: z.number().int().positive(),
  minDiskMiB: z.number().int().positive(),
  /** What the guest brings, by name: `guestAgent`, `ssh`, `serial`, `vnc`, `setup` (reads a seed at its first boot), `cloudInit`. */
  features: z.array(z.string()),
  disk: z.strictObject({ file: fileName, format: z.literal('qcow2'), virtualSizeMiB: z.number().int().positive() }),
  /** What the disk boots by, where `boot` is null. */
  firmware: z.enum(['bios', 'uefi']).default('bios'),
  /** Who imported or published it; null: it came with the host or from a recipe. */
  owner: z.string().nullable().default(null),
  /** Direct kernel boot; null boots the disk by firmware. */
  boot: z.strictObject({ kernel: fileName, initrd: fileName, append: z.string() }).nullable(),
  /** SHA-256 in hex of each file beside the manifest. */
  sha256: z.record(z.string(), z.string()),
  /** `package=version` of each package it was built from, for bug reports and rebuilds; of the guest helper the start of its SHA-256. */
  builtFrom: z.array(z.string()),
});

export type ImageManifest = z.infer<typeof imageManifestSchema>;
