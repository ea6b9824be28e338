// Calls about ENVs: check, then hand to an operation.
import { deleteEnv, startEnv, stopEnv, updateEnv } from '../operations/change-env.ts';
import { createEnv } from '../operations/create-env.ts';
import { envDetail } from '../operations/env-detail.ts';
import { api } from './context.ts';

export const envApi = {
  list: api.env.list.handler(({ context: { services } }) => ({
    envs: services.inventory.envs().map((env) => services.inventory.envView(env)),
  })),

  show: api.env.show.handler(({ input, context: { services } }) => envDetail(services, input.name)),

  create: api.env.create.handler(({ input, context: { services } }) => {
    const { operationId, ...request } = input;
    return services.operations.run(
      { id: operationId, kind: 'env.create', subject: { envName: request.name } },
      (context) => createEnv(services, request, context),
    );
  }),

  update: api.env.update.handler(({ input: { name, ...change }, context: { services } }) =>
    updateEnv(services, name, change),
  ),

  start: api.env.start.handler(({ input, context: { services } }) =>
    services.operations.run({ id: input.operationId, kind: 'env.start', subject: { envName: input.name } }, (context) =>
      startEnv(services, input.name, context),
    ),
  ),

  stop: api.env.stop.handler(({ input, context: { services } }) =>
    services.operations.run(
      { id: input.operationId, kind: 'env.stop', subject: { envName: input.name }, cancellable: false },
      (context) => stopEnv(services, input.name, input.graceS, context),
    ),
  ),

  delete: api.env.delete.handler(({ input, context: { services } }) =>
    services.operations.run(
      { id: input.operationId, kind: 'env.delete', subject: { envName: input.name }, cancellable: false },
      (context) => deleteEnv(services, input.name, context),
    ),
  ),
};
