// An image as the contract shows it, combined from the folder, its recipe and a running build.
import { type ErrorRecord, type Image, parseImageName } from '@tt/protocol';
import type { FolderEntry } from './image-folder.ts';
import { madeMemos } from './made-memo.ts';
import type { ImageManifest } from './manifest.ts';
import type { Recipe } from './recipe.ts';

export interface KnownOfImage {
  name: string;
  /** The entry in the folder with that name. */
  entry: FolderEntry | null;
  recipe: Recipe | null;
  isMaking: boolean;
  /** Why its engine cannot run it here, regardless of the folder. */
  engineProblem: ErrorRecord | null;
  /** Of the last try to make it. */
  problem: ErrorRecord | null;
  warm: Image['warm'];
}

export function viewImage({
  name,
  entry,
  recipe,
  isMaking,
  engineProblem,
  problem: lastProblem,
  warm,
}: KnownOfImage): Image {
  const parts = parseImageName(name) ?? { engine: '', os: name, variant: '' };
  const ready = entry?.kind === 'disk' ? entry : null;
  const ownProblem = isMaking ? null : entry?.kind === 'broken' ? entry.problem : lastProblem;
  const problem = engineProblem ?? ownProblem;
  const isReady = (ready || entry?.kind === 'iso') && !engineProblem;
  // A dropped disk is imported as soon as its turn comes.
  const isComing = isMaking || entry?.kind === 'dropped';
  const about = ready?.manifest ?? recipe;
  return {
    name,
    kind: entry?.kind === 'iso' || parts.variant === 'iso' ? 'iso' : 'disk',
    ...parts,
    state: isReady ? 'ready' : problem ? 'failed' : isComing ? 'building' : 'absent',
    problem: isReady ? null : problem,
    memo: about?.memo ?? '',
    ...memosOf(ready?.manifest ?? null, recipe),
    sizeBytes: entry && entry.kind !== 'broken' ? entry.sizeBytes : 0,
    features: about?.features ?? [],
    defaultLogin: about?.defaultLogin ?? null,
    minMemoryMiB: about?.minMemoryMiB ?? 0,
    minDiskMiB: about?.minDiskMiB ?? 0,
    firmware: about?.firmware ?? 'bios',
    owner: ready?.manifest.owner ?? null,
    recipe: recipe ? { notRun: recipe.notRun ?? false, instructions: recipe.instructions ?? null } : null,
    builtFrom: ready?.manifest.builtFrom ?? [],
    warm,
  };
}

/** Images that were built say in English what their recipe says in other languages too, as long as it is the same; so do others. */
function memosOf(manifest: ImageManifest | null, recipe: Recipe | null): Pick<Image, 'memos'> {
  const isOfRecipe = manifest === null || manifest.memo === recipe?.memo;
  const made = manifest ? madeMemos(manifest) : undefined;
  const memos = manifest?.memos ?? (isOfRecipe ? recipe?.memos : undefined) ?? made;
  return memos ? { memos } : {};
}
