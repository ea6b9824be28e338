// The id of a connection, as windows and files have it.
import { z } from 'zod';
import { PRIVATE_ID } from './connection-state.ts';

export const connectionIdSchema = z.union([z.literal(PRIVATE_ID), z.uuid()]);
