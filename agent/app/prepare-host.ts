// The first minute of a host: says what the engine can do, and builds the images that have a recipe, with progress. Runs
// beside the API, so the window opens at once and shows how far it is.
import { randomUUID } from 'node:crypto';
import { TtError } from '@tt/protocol';
import type { HostService } from './host-service.ts';
import { buildImage } from '../operations/images/build-image.ts';
import type { Services } from '../operations/services.ts';

/** Never rejects: every failure is shown in the host's setup and in the log. */
export async function prepareHost(services: Services, host: HostService, buildImages: boolean): Promise<void> {
  const { engine, images, logger } = services;
  host.setSetup('engine', 'working', engine.name);
  host.setSetup('acceleration', 'working', '');
  try {
    await services.engineReady();
  } catch {
    // Logged where it happened; the reason stands in the host's setup for everybody to see.
    host.setSetup('engine', 'failed', services.engineProblem() ?? '');
    host.setSetup('acceleration', 'waiting', '');
    return;
  }
  host.setSetup('engine', 'done', engine.name);
  host.setSetup('acceleration', 'done', engine.acceleration.reason);
  await host.measure();
  for (const imageName of buildImages ? images.missing() : []) {
    host.setSetup('image', 'working', imageName);
    try {
      await buildImage(services, imageName, { operationId: randomUUID() });
    } catch (error) {
      // Cancelled by somebody, or by the end of the agent: that is no fault.
      if (error instanceof TtError && (error.code === 'OPERATION_CANCELLED' || error.code === 'AGENT_GONE')) {
        logger.info({ imageName, code: error.code }, 'preparing an image was cancelled');
      } else logger.error({ err: error, imageName }, 'could not prepare an image');
      host.setSetup('image', 'failed', error instanceof TtError ? `${error.message} ${error.fix}` : String(error));
      return;
    }
  }
  // A kernel that was built just now tests KVM better than what there was before.
  await engine.settleAcceleration();
  const ready = images.list().filter((image) => image.state === 'ready');
  host.setSetup('image', ready.length > 0 ? 'done' : 'waiting', ready.map((image) => image.name).join(', '));
}
