// Assembles the parts for images: the folder, the conversion tool, the importer and the recipes.
import path from 'node:path';
import type { TestOverrides } from './test-overrides.ts';
import type { AgentConfig } from '../config.ts';
import type { Engines } from '../engines/engines.ts';
import { onlyFakes } from '../engines/names.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Home } from '../home.ts';
import { DOWNLOAD_FOLDER, ImageService } from '../images/image-service.ts';
import { ImageImporter } from '../images/import/importer.ts';
import { recipes } from '../images/recipes/index.ts';
import { urlRecipes } from '../images/recipes/url/recipe.ts';
import { FakeImageTool } from '../images/tool/fake-image-tool.ts';
import type { WarmImages } from '../warm/warm-images.ts';
import { QemuImageTool } from '../images/tool/qemu-image-tool.ts';

export interface ImageParts {
  config: AgentConfig;
  home: Home;
  /** The user for tools that read untrusted files; null: the agent's own user, which then is not root. */
  toolUser: { uid: number; gid: number } | null;
  /** Guests run as users of their own. */
  openToVmUsers: boolean;
  engines: Engines;
  log: EventLog;
  warm: WarmImages;
  /** The program of the guest helper; null if this host has none. */
  guestHelper: () => Promise<Uint8Array | null>;
  testOverrides: TestOverrides;
}

export function assembleImages({
  config,
  home,
  toolUser,
  openToVmUsers,
  engines,
  log,
  warm,
  guestHelper,
  testOverrides,
}: ImageParts): ImageService {
  const directory = config.imageDirectory;
  const tool = onlyFakes(config.engines) ? new FakeImageTool() : new QemuImageTool({ user: toolUser });
  const downloadDirectory = path.join(home.cacheDirectory, DOWNLOAD_FOLDER);
  const importer = new ImageImporter({ directory, downloadDirectory, tool, user: toolUser });
  const images = new ImageService({
    directory,
    cacheDirectory: home.cacheDirectory,
    recipes: testOverrides.recipes ?? [...recipes, ...urlRecipes(importer)],
    tool,
    importer,
    guestHelper,
    openToVmUsers,
    problemOf: (name) => engines.imageProblem(name),
    warmOf: (name) => warm.view(name),
    onChange: (image) => log.publish('image.updated', image),
    onGone: (name) => log.publish('image.deleted', { name }),
  });
  warm.onChange(() => images.tell());
  return images;
}
