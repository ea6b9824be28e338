// Calls about the host: what it has, and whether the link is alive.
import { z } from 'zod';
import { eventSourceSchema } from '../events.ts';
import { timestamp } from '../model/common.ts';
import { hostSchema } from '../model/host.ts';
import { call } from './base.ts';

export const host = {
  show: call()
    .route({
      method: 'GET',
      path: '/host',
      summary: 'Capacity, use, engines and features of this host',
      tags: ['host'],
    })
    .output(hostSchema),
  ping: call()
    .route({ method: 'GET', path: '/ping', summary: 'Answers at once; for measuring the link', tags: ['host'] })
    .output(z.object({ at: timestamp, source: eventSourceSchema })),
};
