// Building blocks of the model: ids, times, sizes. Field names follow design.md 4, with units in the names.
import { z } from 'zod';

/** ISO 8601 with milliseconds, UTC: `2026-11-21T10:00:00.000Z`. */
export const timestamp = z.iso.datetime().describe('ISO 8601, UTC, with milliseconds.');
export const vmId = z.string().min(1).max(64).describe('Unique in the fleet; created by the agent.');
/** The operation checks it in detail and answers NAME_INVALID. */
export const anyName = z.string().min(1).max(255);
/**
 * Created by the client before it sends the request, so that no event can arrive for an unknown id and a retry is harmless. It
 * can be omitted, e.g. with curl; the agent then creates one.
 */
export const operationId = z
  .uuid()
  .optional()
  .describe(
    'Created by the client; a call repeated with the same id has no further effect. Created by the agent if absent.',
  );
export const title = z.string().max(200).describe('Free Unicode text.');
export const notes = z.string().max(20_000);
/** The creation time of a record. */
export const shownNotes = z
  .string()
  .optional()
  .describe('Only for its owner and administrators: absent for everybody else.');
/** Of a record that has long texts. */
export const leftOut = z
  .array(z.string())
  .optional()
  .describe(
    'Names of the fields that are missing because their text is longer than 1 KiB. Lists and the feed leave them out; `show` has all.',
  );
export const port = z.number().int().min(1).max(65_535);
export const protocolName = z.enum(['tcp', 'udp']);
/** Ports of a guest that are requested besides ssh. */
export const wantedPorts = z.array(z.strictObject({ protocol: protocolName, guestPort: port })).max(64);
/** How long a guest may take to power off before it is stopped by force. */
export const graceS = z.coerce
  .number()
  .int()
  .min(0)
  .max(300)
  .default(10)
  .describe('Seconds; 0 forces the guest off immediately. Default 10.');

/** A whole number that is measured; null where it is not known, also from agents that do not measure it. */
export const measured = z.number().int().nonnegative().nullable().default(null);
