// Files that were opened with TT outside its window (file manager, command line): the same as if they had been dropped, so the same is
// asked and the same is refused. Images are asked about or begin, a capsule is sent and inspected, YAML is shown as a new ENV.
import type { ReadableFile } from '@tt/client';
import type { OpenedFile, ReadOpened } from '../bridge.ts';
import { runIfAllowed } from '../components/action.ts';
import { importCapsuleAction } from '../images/imports/import-capsule-action.ts';
import { newEnvAction } from '../env/actions.ts';
import type { Translate } from '../i18n/index.ts';
import { takeImageFiles } from '../images/imports/drop-images.ts';
import { NewEnvDraft } from '../new-env/new-env-draft.ts';
import type { Stores } from '../state/stores.ts';
import { mayLeave } from './desktop-commands.ts';

export interface ForeignFile extends ReadableFile {
  readonly kind: OpenedFile['kind'];
  /** By which main knows it, and can send it (bridge-desktop-file.ts). */
  readonly openedId: string;
}

/** What main gives at once (main/desk/opened-files.ts) is twice that. */
const PIECE_BYTES = 2 * 1024 * 1024;

/** As a file of the page: read by its id, a piece at a time. */
export function foreignFile(readOpened: ReadOpened, { id, kind, name, sizeBytes }: OpenedFile): ForeignFile {
  const read = async (start: number, end: number): Promise<ArrayBuffer> => {
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end; at += PIECE_BYTES) {
      bytes.set(await readOpened({ id, start: at, end: Math.min(end, at + PIECE_BYTES) }), at - start);
    }
    return bytes.buffer;
  };
  return {
    kind,
    openedId: id,
    name,
    size: sizeBytes,
    slice: (start, end) => ({ arrayBuffer: () => read(start, end) }),
  };
}

/** One kind at a time: images before a capsule, that before YAML. What is left out is named. */
export async function takeOpened(stores: Stores, files: readonly ForeignFile[], t: Translate): Promise<void> {
  const { view, toasts } = stores;
  if (files.length === 0 || !mayLeave(stores)) return;
  view.close();
  const images = files.filter(({ kind }) => kind === 'image');
  const [capsule, ...capsules] = files.filter(({ kind }) => kind === 'capsule');
  const [envFile, ...envFiles] = files.filter(({ kind }) => kind === 'envFile');
  const explain = (text: string) => toasts.explain(text);
  const leftOut = (several: readonly (ForeignFile | undefined)[]) => {
    for (const one of several) if (one) explain(t('shell.openOneByOne', { file: one.name }));
  };
  if (images.length > 0) {
    view.go({ page: 'images' });
    takeImageFiles(stores, images, t);
    leftOut([capsule, ...capsules, envFile, ...envFiles]);
  } else if (capsule) {
    runIfAllowed(importCapsuleAction(stores, t, capsule), explain);
    leftOut([...capsules, envFile, ...envFiles]);
  } else if (envFile) {
    await showEnvFile(stores, envFile, t);
    leftOut(envFiles);
  }
}

/** The text is what New ENV shows, with its faults; nothing is created before somebody says so. */
async function showEnvFile(stores: Stores, file: ForeignFile, t: Translate): Promise<void> {
  const { view, toasts, images, envs, hosts } = stores;
  const explain = (text: string) => toasts.explain(text);
  if (view.newEnvDraft?.isTouched) {
    explain(t('shell.openAfterDraft', { file: file.name }));
    return;
  }
  const text = await textOf(file);
  if (text === null) {
    explain(t('shell.openNoText', { file: file.name }));
    return;
  }
  const draft = new NewEnvDraft(images, () => envs.takenNames, hosts.first?.lifetime.defaultS);
  draft.showYaml(text);
  runIfAllowed({ ...newEnvAction(stores, t), run: () => view.open({ kind: 'newEnv', draft }) }, explain);
  await draft.yaml?.check();
}

/** null: it can’t be read, or is no text. */
async function textOf(file: ForeignFile): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.slice(0, file.size).arrayBuffer());
  } catch {
    return null;
  }
}
