// Calls about images.
import type { OperationKind } from '@tt/protocol';
import { buildImage } from '../operations/images/build-image.ts';
import { deleteImage, renameImage } from '../operations/images/change-image.ts';
import { mayChangeImage, usersOfImage } from '../operations/images/image-users.ts';
import { checkImport, importImage } from '../operations/images/import-image.ts';
import type { OperationContext } from '../operations/operation-registry.ts';
import { checkPublish, publishImage } from '../operations/images/publish-image.ts';
import { api, type CallContext } from './context.ts';

/** Runs `work` once per operation id; `check` refuses before an operation is seen. */
function onImage<Result>(
  { services, caller }: CallContext,
  start: { kind: OperationKind; name: string; operationId?: string | undefined; cancellable?: boolean },
  check: () => void,
  work: (context: OperationContext) => Promise<Result>,
): Promise<Result> {
  const repetition = { id: start.operationId, kind: start.kind, callerName: caller.name };
  const again = services.operations.resultOf<Result>(repetition);
  if (again) return again;
  check();
  const subject = { imageName: start.name };
  return services.operations.run({ ...repetition, subject, cancellable: start.cancellable ?? true }, work);
}

export const imageApi = {
  list: api.image.list.handler(({ context }) => ({ images: context.services.images.list() })),
  show: api.image.show.handler(({ input, context: { services } }) => ({
    image: services.images.show(input.name),
    usedBy: usersOfImage(services, input.name),
  })),
  build: api.image.build.handler(({ input: { name, operationId }, context: { services, caller } }) =>
    buildImage(services, name, { operationId, callerName: caller.name }),
  ),
  import: api.image.import.handler(({ input, context }) => {
    const { services, caller } = context;
    return onImage(
      context,
      { kind: 'image.import', name: input.name, operationId: input.operationId },
      () => checkImport(services, caller, input),
      (operation) => importImage(services, caller, input, operation),
    );
  }),
  publish: api.image.publish.handler(({ input, context }) => {
    const { services, caller } = context;
    return onImage(
      context,
      { kind: 'image.publish', name: input.name, operationId: input.operationId },
      () => checkPublish(services, caller, input),
      (operation) => {
        const { envName } = services.inventory.vm(input.vmId);
        return services.locks.hold(envName, 'an image is being made of it', () =>
          publishImage(services, caller, input, operation),
        );
      },
    );
  }),
  rename: api.image.rename.handler(({ input, context }) => {
    const { services, caller } = context;
    return onImage(
      context,
      { kind: 'image.rename', name: input.name, operationId: input.operationId, cancellable: false },
      () => mayChangeImage(services, caller, input.name),
      () => renameImage(services, input.name, input.newName),
    );
  }),
  delete: api.image.delete.handler(({ input, context }) => {
    const { services, caller } = context;
    return onImage(
      context,
      { kind: 'image.delete', name: input.name, operationId: input.operationId, cancellable: false },
      () => mayChangeImage(services, caller, input.name),
      () => deleteImage(services, input.name),
    );
  }),
};
