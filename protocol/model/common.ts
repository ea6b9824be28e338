// Building blocks of the model: ids, times, sizes. Field names follow design.md 4; units stand in the names.
import { z } from 'zod';

/** ISO 8601 with milliseconds, UTC: `2026-11-21T10:00:00.000Z`. */
export const timestamp = z.iso.datetime().describe('ISO 8601, UTC, with milliseconds.');
export const vmId = z.string().min(1).max(64).describe('Unique in the fleet; created by the agent.');
/** Checked more closely by the operation, which answers NAME_INVALID. */
export const anyName = z.string().min(1).max(255);
/**
 * Made by the client before the request leaves, so no event can arrive for an unknown id and a retry is harmless. Only a
 * human with curl leaves it out; the agent then makes one.
 */
export const operationId = z
  .uuid()
  .optional()
  .describe(
    'Created by the client; a call repeated with the same id has no further effect. Created by the agent if absent.',
  );
export const title = z.string().max(200).describe('Free Unicode text.');
export const notes = z.string().max(20_000);
/** Of a record, as readers get it. */
export const shownNotes = z
  .string()
  .optional()
  .describe('Only for its owner and administrators: absent for everybody else.');
export const port = z.number().int().min(1).max(65_535);
export const protocolName = z.enum(['tcp', 'udp']);
/** Ports of a guest that are requested besides ssh. */
export const wantedPorts = z.array(z.strictObject({ protocol: protocolName, guestPort: port })).max(64);
/** How long a guest may take to power off by itself before the plug is pulled. */
export const graceS = z.coerce
  .number()
  .int()
  .min(0)
  .max(300)
  .default(10)
  .describe('Seconds; 0 forces the guest off immediately. Default 10.');
