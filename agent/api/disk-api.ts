// Calls about the disks of a VM.
import { byOperation } from './by-operation.ts';
import { api } from './context.ts';

export const diskApi = {
  add: api.disk.add.handler(byOperation('disk.add')),
  attach: api.disk.attach.handler(byOperation('disk.attach')),
  detach: api.disk.detach.handler(byOperation('disk.detach')),
  remove: api.disk.remove.handler(byOperation('disk.remove')),
  grow: api.disk.grow.handler(byOperation('disk.grow')),
  limit: api.disk.limit.handler(byOperation('disk.limit')),
};
