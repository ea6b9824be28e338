// Calls about images.
import { buildImage } from '../operations/build-image.ts';
import { api } from './context.ts';

export const imageApi = {
  list: api.image.list.handler(({ context }) => ({ images: context.services.images.list() })),
  build: api.image.build.handler(({ input, context }) => buildImage(context.services, input.name, input.operationId)),
};
