// The one feed: a snapshot of everything in pages, then what happens.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { eventSourceSchema, feedItemSchema } from '../events.ts';
import { metricsChoiceSchema } from '../model/metrics.ts';
import { call } from './base.ts';

export const event = {
  follow: call()
    .route({
      method: 'GET',
      path: '/events',
      summary: 'Snapshot in pages, then events as they happen (server-sent events over HTTP)',
      tags: ['event'],
    })
    .input(
      z
        .strictObject({
          after: z
            .strictObject({ revision: z.coerce.number().int().nonnegative(), source: eventSourceSchema })
            .optional()
            .describe(
              'The last revision the client has seen; missed events follow, or a snapshot if they are no longer available.',
            ),
          metrics: metricsChoiceSchema
            .optional()
            .describe('Metrics each second: of each VM (`vms`, the default), sums of each ENV, or none.'),
        })
        .optional(),
    )
    .output(eventIterator(feedItemSchema)),
};
