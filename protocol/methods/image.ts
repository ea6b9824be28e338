// Calls about images: what VMs can be made from, and building those that have a recipe.
import { z } from 'zod';
import { operationId } from '../model/common.ts';
import { imageSchema } from '../model/image.ts';
import { call } from './base.ts';

export const image = {
  list: call()
    .route({ method: 'GET', path: '/images', summary: 'All images, ready or not', tags: ['image'] })
    .output(z.object({ images: z.array(imageSchema) })),
  build: call('IMAGE_NOT_FOUND', 'IMAGE_NOT_READY', 'IMAGE_BUILD_FAILED', 'OPERATION_CANCELLED')
    .route({
      method: 'POST',
      path: '/images/{name}/build',
      summary: 'Builds an image from its recipe; answers when it is ready',
      tags: ['image'],
    })
    .input(z.strictObject({ name: z.string(), operationId }))
    .output(imageSchema),
};
