// The cached result of the acceleration probe, with everything it depends on. It is valid for this boot of the host; a mark left
// by a guest's trouble is valid until the host's kernel or QEMU changes.
import { quoted, reasonSchema } from '@tt/protocol';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { findProgram } from '../../../host/run-command.ts';

/** Bump when the tests or the verdict change: older answers are then not believed. */
const VERSION = 1;

const factsSchema = z.object({
  version: z.literal(VERSION),
  kernelRelease: z.string(),
  qemu: z.object({ path: z.string(), bytes: z.number(), modifiedAt: z.string() }),
});
/** The conditions under which a result is valid. */
export type HostFacts = z.infer<typeof factsSchema>;

/** A text, in files that an older TT wrote. */
const rememberedReason = z.union([reasonSchema, z.string().transform((text) => quoted('reported', text))]);

const rememberedSchema = z.object({
  host: factsSchema,
  bootId: z.string(),
  kind: z.enum(['kvm', 'tcg']),
  reason: rememberedReason,
  /** By which guest it was found out, and how long that took; null when it did not end as it should. */
  measured: z.object({
    test: z.enum(['long-mode', 'linux']),
    kvmMs: z.number().nullable(),
    tcgMs: z.number().nullable(),
  }),
  at: z.iso.datetime(),
  /** What a guest showed later than the probe; then `kind` is `tcg`. */
  mark: z.object({ reason: rememberedReason, at: z.iso.datetime() }).nullable(),
});
export type Remembered = z.infer<typeof rememberedSchema>;

/** `binary` is a path or a name of PATH. */
export async function hostFacts(binary: string): Promise<HostFacts> {
  const program = await findProgram(binary);
  // Without QEMU nothing is remembered; whoever starts it says that it is missing.
  const { size, mtime } = program === null ? { size: 0, mtime: new Date(0) } : await stat(program);
  return {
    version: VERSION,
    kernelRelease: release(),
    qemu: { path: program ?? binary, bytes: size, modifiedAt: mtime.toISOString() },
  };
}

export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** True while the result is still valid for this host. */
export function stillHolds(remembered: Remembered, host: HostFacts, bootId: string): boolean {
  const isSameHost = JSON.stringify(remembered.host) === JSON.stringify(host);
  return isSameHost && (remembered.mark !== null || remembered.bootId === bootId);
}

/** A file that cannot be read or parsed counts as missing: the probe runs again. */
export async function recall(stateDirectory: string): Promise<Remembered | null> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(fileIn(stateDirectory), 'utf8')));
  } catch {
    return null;
  }
}

export async function remember(stateDirectory: string, answer: Remembered): Promise<void> {
  const file = fileIn(stateDirectory);
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  // A doctor may write at the same time.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(answer, null, 2)}\n`);
  await rename(draft, file);
}

function fileIn(stateDirectory: string): string {
  return path.join(stateDirectory, 'acceleration.json');
}
