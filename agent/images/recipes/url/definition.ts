// The schema of a recipe given as data: where a vendor's image is, how it is verified, and its properties. Each is a YAML file
// in this folder.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codesOf, imageMemosSchema, isValidImageName } from '@tt/protocol';
import { parse } from 'yaml';
import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ });

const common = {
  name: z.string().refine(isValidImageName),
  /** One sentence for people. */
  memo: z.string().min(1),
  memos: imageMemosSchema,
  minMemoryMiB: z.number().int().positive(),
  minDiskMiB: z.number().int().positive(),
  firmware: z.enum(['bios', 'uefi']),
  features: z.array(z.enum(['vnc', 'serial', 'ssh', 'guestAgent', 'cloudInit'])),
  /** The user the image creates; it has no password, because the seed brings a key. */
  loginUser: z.string().nullable(),
  /** The authors of TT have not built it themselves. */
  notRun: z.boolean(),
};

export const urlRecipeSchema = z.union([
  z.strictObject({
    ...common,
    url: address,
    checksum: z.union([
      /** A list of the vendor's: `sha256sum` lines, BSD lines, or nothing but the digest. */
      z.strictObject({ algorithm: z.enum(['sha256', 'sha512']), url: address }),
      z.strictObject({ algorithm: z.enum(['sha256', 'sha512']), value: z.string().regex(/^[0-9a-f]{64,128}$/) }),
    ]),
  }),
  /** For what no program may fetch. */
  z.strictObject({ ...common, instructions: z.enum(codesOf('instruction')) }),
]);

export type UrlRecipeDefinition = z.infer<typeof urlRecipeSchema>;

/** All of a folder, by file name. Throws for one that is not as it must be, naming it. */
export function readDefinitions(folder: string): UrlRecipeDefinition[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((file) => {
    const read = urlRecipeSchema.safeParse(parse(readFileSync(path.join(folder, file), 'utf8')));
    if (!read.success) throw new Error(`recipe ${file}: ${z.prettifyError(read.error)}`);
    return read.data;
  });
}
