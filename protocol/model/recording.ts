// Recorded screens that travel with a capsule: how it came to that instant (docs/recording-format.md). They come from others: each is
// looked through before it is kept.
import { z } from 'zod';
import { timestamp } from './common.ts';
import { fileName, sha256 } from './transfer.ts';

export const RECORDING_TYPE = 'application/x-tt-recording';
export const RECORDING_END = '.ttrec';
/** In one capsule. */
export const RECORDINGS_MAX = 8;
/** Of each. The window keeps as much where it can write no file. */
export const RECORDING_BYTES_MAX = 256 * 1024 * 1024;
/** Of one `env.readRecording`. */
export const RECORDING_PIECE_BYTES = 384 * 1024;

/** What a recording says of itself. */
export const recordingFactsSchema = z.object({
  vmName: z.string().max(256).describe('The VM whose screen it shows, as it was called then.'),
  startedAt: timestamp,
  lengthMs: z.number().int().nonnegative().max(0xffffffff).describe('How long it plays.'),
  hasKeys: z.boolean().describe('The keys that were pressed are in it, passwords among them.'),
});
export type RecordingFacts = z.infer<typeof recordingFactsSchema>;

/** One that an ENV was imported with. It is deleted with the ENV. */
export const envRecordingSchema = recordingFactsSchema.extend({
  id: z.uuid(),
  name: fileName,
  sizeBytes: z.number().int().nonnegative(),
  sha256,
});
export type EnvRecording = z.infer<typeof envRecordingSchema>;
