// Images (templates) that VMs are cloned from, named `engine:os-version:variant`.
import { z } from 'zod';
import { errorRecordSchema } from '../errors.ts';
import { timestamp } from './common.ts';
import { openTerm } from '../terms/index.ts';
import { matchesOsPrefix } from '../names.ts';

/** A warm image: new VMs wake from this instant instead of booting. */
export const warmImageSchema = z.object({
  state: z
    .enum(['making', 'ready'])
    .describe('making: its guest is being booted and saved; VMs boot meanwhile. ready: VMs that fit wake from it.'),
  cpuCount: z.number().int().positive(),
  memoryMiB: z.number().int().positive(),
  nicCount: z.number().int().nonnegative(),
  sizeBytes: z.number().int().nonnegative().describe('What its disk and memory take on the host.'),
  madeAt: timestamp,
  lastUsedAt: timestamp.nullable().describe('When a VM was woken from it last; null: not yet.'),
  useCount: z.number().int().nonnegative().describe('VMs that were woken from it.'),
});
export type WarmImage = z.infer<typeof warmImageSchema>;

/** What `memo` says in other languages, by language tag (`zh-CN`): of images from elsewhere too, so they are one line and short. */
export const imageMemosSchema = z
  .record(
    z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
    z
      .string()
      .max(500)
      .regex(/^\P{Cc}+$/u),
  )
  .refine((memos) => Object.keys(memos).length <= 16, 'takes at most 16 languages');

export const imageSchema = z.object({
  name: z.string().describe('engine:os-version:variant, e.g. qemu:tiny-2:default'),
  kind: z
    .enum(['disk', 'iso'])
    .describe('disk: VMs are cloned from it. iso: a medium for a CD drive, never cloned from.'),
  engine: z.string(),
  os: z.string(),
  variant: z.string(),
  state: z.enum(['ready', 'absent', 'building', 'failed']).describe('absent: there is a recipe, build it.'),
  problem: errorRecordSchema.nullable(),
  memo: z.string(),
  memos: z
    .record(z.string(), z.string())
    .optional()
    .describe('What memo says in other languages, by language tag; absent: in none, or from older agents.'),
  sizeBytes: z.number().int().nonnegative().describe('On disk; 0 while it is not ready.'),
  features: z.array(z.string()),
  defaultLogin: z
    .object({ user: z.string(), password: z.string().nullable().describe('null: by key only.') })
    .nullable(),
  firmware: z.enum(['bios', 'uefi']).describe('What its disk boots by; images with a kernel of their own use neither.'),
  owner: z.string().nullable().describe('Who imported or published it; null: it came with the host.'),
  recipe: z
    .object({
      notRun: z.boolean().describe('The authors have not built it themselves; it may need fixing.'),
      instructions: openTerm('instruction').nullable().describe('It can’t be built by TT: what to do by hand.'),
    })
    .nullable()
    .describe('How this host can build it; null: it can’t.'),
  minMemoryMiB: z.number().int(),
  minDiskMiB: z.number().int(),
  builtFrom: z.array(z.string()).describe('package=version of each package in it.'),
  warm: warmImageSchema.nullable().describe('The running instant that new VMs wake from; null: they boot.'),
});
export type Image = z.infer<typeof imageSchema>;

/** What is said about an image, in this language if it has that (`zh-CN`), otherwise as it is, which is English for images of TT. */
export function imageMemo({ memo, memos = {} }: Pick<Image, 'memo' | 'memos'>, language: string): string {
  return (Object.hasOwn(memos, language) ? memos[language] : undefined) ?? memo;
}

/** The end of what the last build of an image printed. */
export const imageBuildLogSchema = z.object({
  state: z
    .enum(['none', 'running', 'ended'])
    .describe('none: not built since the agent began. running: more may come. ended: all of it has come.'),
  startedAt: timestamp.nullable().describe('Of the build; another one means another build, whose offsets begin at 0.'),
  offset: z
    .number()
    .int()
    .nonnegative()
    .describe('Of the first character of `text`; greater than requested where what came before is not kept.'),
  text: z.string().describe('Whole lines, as programs printed them, with steps of the build between them.'),
  nextOffset: z.number().int().nonnegative().describe('From where to read on.'),
});
export type ImageBuildLog = z.infer<typeof imageBuildLogSchema>;

/** How long an answer waits at most: proxies and firewalls on the way may cut connections that say nothing for a minute. */
export const MOST_LOG_WAIT_MS = 30_000;

export const imageUseSchema = z.object({
  kind: z.enum(['vm', 'cd', 'profile']).describe('vm: made from it. cd: it lies in a drive. profile: of a lab.'),
  name: z.string(),
});
export type ImageUse = z.infer<typeof imageUseSchema>;

export const importFormatSchema = z
  .enum(['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc'])
  .describe('Needed only for raw disks without a partition table; other formats are detected from the first bytes.');
export type ImportFormat = z.infer<typeof importFormatSchema>;

export const importSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: z.string().max(4096).describe('On the host; administrators only.') }),
  z.strictObject({ kind: z.literal('url'), url: z.string().max(4096).describe('http or https.') }),
  z.strictObject({ kind: z.literal('upload'), transferId: z.string().max(200) }),
]);
export type ImportSource = z.infer<typeof importSourceSchema>;

/** Properties of an image that is made on this host. */
export const imageSpecFields = {
  memo: z.string().max(500).optional(),
  firmware: z.enum(['bios', 'uefi']).optional(),
  features: z.array(z.enum(['vnc', 'serial', 'ssh', 'guestAgent', 'cloudInit'])).optional(),
  defaultLogin: z
    .strictObject({ user: z.string().min(1).max(64), password: z.string().max(128).nullable() })
    .nullable()
    .optional()
    .describe('Not secret: everybody who sees the image sees it.'),
  minMemoryMiB: z.number().int().min(1).max(1_048_576).optional(),
};
const imageSpecSchema = z.object(imageSpecFields);
export type ImageSpec = z.infer<typeof imageSpecSchema>;

/**
 * The images a typed OS prefix means: the image with exactly this name, otherwise all that are ready. Only if none is ready,
 * those that are being built; only if there is none either, those that failed; then recipes nobody has built yet, and images
 * this host has no engine for. Media are never selected.
 */
export function imagesForPrefix(images: readonly Image[], osPrefix: string): Image[] {
  const found = images.filter(({ name, kind }) => kind === 'disk' && matchesOsPrefix(name, osPrefix));
  const exact = found.filter(({ name }) => name === osPrefix);
  if (exact.length > 0) return exact;
  const kinds = [
    found.filter(({ state }) => state === 'ready'),
    found.filter(({ state }) => state === 'building'),
    found.filter(({ state, problem }) => state === 'failed' && !lacksEngine(problem)),
  ];
  return kinds.find((some) => some.length > 0) ?? found;
}

/** This host has no engine for it. */
export function lacksEngine(problem: Image['problem']): boolean {
  return problem?.code === 'ENGINE_UNKNOWN' || problem?.code === 'ENGINE_MISSING';
}
