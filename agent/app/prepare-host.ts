// Host startup: probes what the engines can do and builds the images that have a recipe, with progress. It runs alongside the
// API, so the window opens immediately and shows the progress.
import { toErrorRecord, TtError } from '@tt/protocol';
import { AGENT } from '../access/owners.ts';
import type { EngineStatus } from '../engines/engines.ts';
import type { HostService } from './host-service.ts';
import { buildImageOperation } from '../operations/images/build-image.ts';
import { runOperation } from '../operations/run-operation.ts';
import type { Services } from '../operations/services.ts';
import { buildFailure } from '../images/build-failure.ts';

/** Never rejects: every failure is shown in the host's setup and in the log. */
export async function prepareHost(services: Services, host: HostService, buildImages: boolean): Promise<void> {
  try {
    await prepare(services, host, buildImages);
  } finally {
    // Nobody waits for an image that will not be built.
    services.images.expect([]);
  }
}

async function prepare(services: Services, host: HostService, buildImages: boolean): Promise<void> {
  const { engines, images, logger } = services;
  const namesOf = (statuses: readonly EngineStatus[]) => statuses.map(({ engine }) => engine.name);
  host.setSetup('engine', 'working', namesOf(engines.list()));
  host.setSetup('acceleration', 'working', []);
  await engines.settled();
  const usable = engines.list().filter(({ isReady }) => isReady);
  // What failed was logged where it happened; the reasons stand in the host's engines for everybody to see.
  if (usable.length === 0) {
    const [first] = engines
      .list()
      .flatMap(({ engine, problem }) => (problem ? [{ engine: engine.name, reason: problem }] : []));
    const failure = first ? toErrorRecord(new TtError('ENGINE_MISSING', first)) : null;
    host.setSetup('engine', 'failed', namesOf(engines.list()), failure);
    host.setSetup('acceleration', 'waiting', []);
    return;
  }
  host.setSetup('engine', 'done', namesOf(usable));
  host.accelerationKnown();
  // Which images can be used is known now.
  images.tell();
  await host.measure();
  for (const imageName of buildImages ? images.missing() : []) {
    host.setSetup('image', 'working', [imageName]);
    try {
      await runOperation(services, buildImageOperation, { name: imageName }, AGENT);
    } catch (error) {
      // Cancelled by somebody, or by the end of the agent: that is no fault.
      if (error instanceof TtError && (error.code === 'OPERATION_CANCELLED' || error.code === 'AGENT_GONE')) {
        logger.info({ imageName, code: error.code }, 'preparing an image was cancelled');
      } else logger.error({ err: error, imageName }, 'could not prepare an image');
      host.setSetup('image', 'failed', [imageName], toErrorRecord(asTtError(imageName, error)));
      return;
    }
  }
  // A kernel that was built just now tests KVM better than what there was before.
  for (const { engine } of usable) await engine.settleAcceleration();
  const ready = images.list().filter((image) => image.state === 'ready');
  host.setSetup(
    'image',
    ready.length > 0 ? 'done' : 'waiting',
    ready.map((image) => image.name),
  );
}

/** Anything else is an unexpected failure of a recipe. */
function asTtError(imageName: string, error: unknown): TtError {
  return error instanceof TtError ? error : buildFailure(imageName, { step: 'starting', done: 0, total: 1 }, error);
}
