// Calls about images.
import { usersOfImage } from '../operations/images/image-users.ts';
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const imageApi = {
  list: api.image.list.handler(({ context }) => ({ images: context.services.images.list() })),
  show: api.image.show.handler(({ input, context: { services } }) => ({
    image: services.images.show(input.name),
    usedBy: usersOfImage(services, input.name),
  })),
  build: api.image.build.handler(byOperation('image.build')),
  buildLog: api.image.buildLog.handler(({ input: { name, offset = 0, waitMs = 0 }, context: { services }, signal }) =>
    services.images.buildLog(name, offset, waitMs, signal),
  ),
  import: api.image.import.handler(byOperation('image.import')),
  publish: api.image.publish.handler(byOperation('image.publish')),
  warm: api.image.warm.handler(byOperation('image.warm')),
  cool: api.image.cool.handler(byOperation('image.cool')),
  rename: api.image.rename.handler(byOperation('image.rename')),
  delete: api.image.delete.handler(byOperation('image.delete')),
};
