// Imports an image from a file of the host, an upload or a URL: converted, stored in the image folder, and listed.
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import {
  type Image,
  type ImageSpec,
  type ImportFormat,
  type ImportSource,
  isValidImageName,
  parseImageName,
  reason,
  TtError,
} from '@tt/protocol';
import { allocatedBytes } from '../../host/allocated-bytes.ts';
import type { ImportSource as FetchSource, Imported } from '../../images/import/importer.ts';
import { madeMemo } from '../../images/made-memo.ts';
import type { ImageManifest } from '../../images/manifest.ts';
import type { StepProgress } from '../../images/recipe.ts';
import { DISK_FILE, putMedium, writeImage } from '../../images/write-image.ts';
import type { TakenUpload } from '../../transfers/interface.ts';
import { type Caller, mustBeAdmin } from '../caller.ts';
import { type Accounts, admitBytes } from '../capacity/capacity.ts';
import { admitRecords, type RecordServices } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import type { OperationContext } from '../operation-registry.ts';
import type { Services } from '../services.ts';
import { shownToWaiters } from './wait-for-images.ts';

/** If neither the user nor the file specifies it: enough for a small Linux. */
const DEFAULT_MEMORY_MIB = 256;

interface ImportRequest extends ImageSpec {
  name: string;
  source: ImportSource;
  sha256?: string | undefined;
  format?: ImportFormat | undefined;
}

export const importImageOperation = defineOperation({
  kind: 'image.import',
  allow: (services, caller, input) => checkImport(services, caller, input),
  subject: (_target, { name }) => ({ imageName: name }),
  cancellable: true,
  run: ({ services, input, caller, operation }) => importImage(services, caller, input, operation),
});

/** Throws NOT_ALLOWED, IMAGE_NAME_INVALID, ENGINE_UNKNOWN or LIMIT_REACHED. */
function checkImport(
  services: RecordServices & Pick<Services, 'engines'>,
  caller: Caller,
  { name, source }: ImportRequest,
): void {
  if (source.kind === 'file') mustBeAdmin(caller, 'importHostFile');
  if (!isValidImageName(name)) throw new TtError('IMAGE_NAME_INVALID', { imageName: name });
  services.engines.ownerOf(name);
  admitRecords(services, caller.name, { images: 1 });
}

async function importImage(
  services: Services,
  caller: Caller,
  request: ImportRequest,
  context: OperationContext,
): Promise<Image> {
  const { images, transfers } = services;
  const { source } = request;
  const upload = source.kind === 'upload' ? transfers.take(source.transferId, caller) : null;
  try {
    const wanted = { ...request, owner: caller.name };
    const name = await images.make(request.name, (report) =>
      importFrom(services, wanted, fetchSource(caller, source, upload), shownToWaiters(context, report)),
    );
    await upload?.remove();
    return images.show(name);
  } catch (error) {
    await upload?.giveBack(error);
    throw error;
  } finally {
    images.tell();
  }
}

/** An image to be made, by whomever. */
export interface ImageToMake extends Omit<ImportRequest, 'source'> {
  /** null: the host itself. */
  owner: string | null;
  /** Runs in the step in which the image appears, before and after it does. */
  around?: { before: () => Promise<void>; after: () => Promise<void> };
}

/** Call it while the name is reserved (`images.make`). Returns the resulting name: a medium has another. */
export async function importFrom(
  services: Services,
  request: ImageToMake,
  source: FetchSource,
  context: OperationContext,
): Promise<string> {
  const { sha256, format } = request;
  const fetched = {
    source,
    checksum: sha256 === undefined ? null : ({ algorithm: 'sha256', digest: sha256.toLowerCase() } as const),
    format: format ?? null,
  };
  const onProgress = ({ step, data, done, total }: StepProgress) => context.step(step, { done, total }, data);
  const { importer } = services.images;
  const { owner, name: subject } = request;
  const { signal } = context;
  const name = await services.budget.write({ owner, subject, folders: importer.folders, signal }, (write) =>
    importer.import(fetched, { signal: write.signal, onProgress, write }, async (imported) => {
      services.checkpoint('image converted');
      write.signal.throwIfAborted();
      context.noReturn();
      return imported.kind === 'iso' ? takeMedium(services, request, imported) : takeDisk(services, request, imported);
    }),
  );
  services.checkpoint('image taken in');
  return name;
}

/** Administrators can import from the network of the host; for others the agent only connects to external addresses. */
function fetchSource(caller: Caller, source: ImportSource, upload: TakenUpload | null): FetchSource {
  if (source.kind === 'url') {
    return { ...source, innerAllowed: caller.role === 'admin', owner: caller.name };
  }
  if (upload) return { kind: 'upload', path: upload.path, name: upload.fileName };
  const file = source.kind === 'file' ? source.path : '';
  if (!path.isAbsolute(file)) {
    throw new TtError('IMAGE_REFUSED', { source: file, reason: reason('wholePath') });
  }
  return { kind: 'file', path: file };
}

/** Its file is named after the requested name: `qemu:debian-12:iso` is `debian-12.iso`. */
function takeMedium(
  services: Accounts,
  { name, owner, around }: ImageToMake,
  imported: Extract<Imported, { kind: 'iso' }>,
): Promise<string> {
  const { images } = services;
  const { os } = parseImageName(name) ?? { os: 'medium' };
  const mediumName = `qemu:${os}:iso`;
  return images.change(async () => {
    await admitImage(services, owner, imported.file);
    if (mediumName !== name && images.list().some((known) => known.name === mediumName)) {
      throw new TtError('IMAGE_NAME_TAKEN', { imageName: mediumName });
    }
    await around?.before();
    await chmod(imported.file, 0o644);
    await putMedium(imported.file, images.directory, os);
    await around?.after();
    return mediumName;
  });
}

async function takeDisk(
  services: Accounts,
  request: ImageToMake,
  imported: Extract<Imported, { kind: 'disk' }>,
): Promise<string> {
  const { images } = services;
  const { name, owner, memo, firmware, features, defaultLogin, minMemoryMiB, around } = request;
  if (name.endsWith(':iso')) throw new TtError('IMAGE_NAME_INVALID', { imageName: name });
  const { machine } = imported;
  const manifest: ImageManifest = {
    name,
    memo: memo ?? madeMemo({ kind: 'import', from: imported.from, title: machine?.title ?? null }),
    defaultLogin: defaultLogin ?? null,
    minMemoryMiB: minMemoryMiB ?? machine?.memoryMiB ?? DEFAULT_MEMORY_MIB,
    minDiskMiB: imported.virtualSizeMiB,
    features: features ?? ['vnc', 'serial'],
    disk: { file: DISK_FILE, format: 'qcow2', virtualSizeMiB: imported.virtualSizeMiB },
    firmware: firmware ?? machine?.firmware ?? 'bios',
    owner,
    boot: null,
    sha256: { [DISK_FILE]: imported.sha256 },
    builtFrom: [imported.from],
  };
  await chmod(imported.file, 0o644);
  await images.change(async () => {
    await admitImage(services, owner, imported.file);
    await around?.before();
    await writeImage({ folder: images.freeFolder(name), manifest, disk: imported.file });
    await around?.after();
  });
  return name;
}

/** In the step in which it appears, so that no two are allocated the last space. The host's own are not counted. */
export async function admitImage(services: Accounts, owner: string | null, file: string): Promise<void> {
  if (owner === null) return;
  const bytes = await allocatedBytes(file);
  admitBytes(services, owner, { allocatedBytes: bytes, storedBytes: bytes });
}
