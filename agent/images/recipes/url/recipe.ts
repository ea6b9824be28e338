// Recipes that fetch a vendor's image: download with resume, checksum from the vendor, convert, write.
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { TtError } from '@tt/protocol';
import { type Checksum, findDigest } from '../../import/checksum.ts';
import type { ImageImporter } from '../../import/importer.ts';
import type { ImageManifest } from '../../manifest.ts';
import type { BuildContext, Recipe } from '../../recipe.ts';
import { DISK_FILE, writeImage } from '../../write-image.ts';
import { readDefinitions, type UrlRecipeDefinition } from './definition.ts';

type Fetched = Extract<UrlRecipeDefinition, { url: string }>;

/** @param folder of YAML files; default: those that come with TT. */
export function urlRecipes(importer: ImageImporter, folder = import.meta.dirname): Recipe[] {
  return readDefinitions(folder).map((definition) => urlRecipe(definition, importer));
}

export function urlRecipe(definition: UrlRecipeDefinition, importer: ImageImporter): Recipe {
  const { name, memo, memos, features, minMemoryMiB, minDiskMiB, firmware, notRun, loginUser } = definition;
  const [, os = '', variant = ''] = name.split(':');
  return {
    name,
    directoryName: `${os}-${variant}`,
    memo,
    memos,
    features,
    defaultLogin: loginUser === null ? null : { user: loginUser, password: null },
    minMemoryMiB,
    minDiskMiB,
    firmware,
    notRun,
    ...('instructions' in definition
      ? { instructions: definition.instructions, build: () => Promise.reject(new Error('it is made by hand')) }
      : { build: (context: BuildContext) => build(definition, importer, context) }),
  };
}

async function build(definition: Fetched, importer: ImageImporter, context: BuildContext): Promise<ImageManifest> {
  const { signal, onProgress, outputDirectory } = context;
  onProgress({ step: 'askingForChecksum', done: 0, total: 100 });
  const checksum = await checksumOf(definition, importer, signal);
  const request = {
    source: { kind: 'url', url: definition.url, innerAllowed: true, owner: null } as const,
    checksum,
    format: null,
  };
  return importer.import(request, { signal, onProgress }, async (imported) => {
    if (imported.kind === 'iso') {
      throw new TtError('IMAGE_WRONG_KIND', { imageName: definition.name, kind: 'iso', wanted: 'disk' });
    }
    const { name, memo, features, minMemoryMiB, minDiskMiB, firmware, loginUser } = definition;
    const manifest: ImageManifest = {
      name,
      memo,
      defaultLogin: loginUser === null ? null : { user: loginUser, password: null },
      minMemoryMiB,
      minDiskMiB: Math.max(minDiskMiB, imported.virtualSizeMiB),
      features,
      disk: { file: DISK_FILE, format: 'qcow2', virtualSizeMiB: imported.virtualSizeMiB },
      firmware,
      owner: null,
      boot: null,
      sha256: { [DISK_FILE]: imported.sha256 },
      builtFrom: [`${imported.from} ${checksum.algorithm} ${checksum.digest}`],
    };
    signal.throwIfAborted();
    await chmod(imported.file, 0o644);
    await writeImage({ folder: outputDirectory, manifest, disk: imported.file });
    return manifest;
  });
}

async function checksumOf({ url, checksum }: Fetched, importer: ImageImporter, signal: AbortSignal): Promise<Checksum> {
  const { algorithm } = checksum;
  if ('value' in checksum) return { algorithm, digest: checksum.value };
  const list = await importer.text(checksum.url, signal);
  const fileName = path.posix.basename(new URL(url).pathname);
  const digest = findDigest(list, fileName, algorithm);
  if (digest === null) {
    throw Object.assign(new Error(`${checksum.url} has no ${algorithm} of ${fileName}`), {
      fix: 'The vendor may have renamed the image: check its site, and correct the recipe.',
    });
  }
  return { algorithm, digest };
}
