// Everything a person can do to one image, and the ways to get a new one.
import type { Image } from '@tt/protocol';
import { Disc3, Hammer, PencilLine, Trash2, Upload } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type ImageActionId = 'build' | 'rename' | 'delete';

export function imageActions(
  { images, operations, view, link }: Stores,
  image: Image,
  t: Translate,
): Record<ImageActionId, Action> {
  const { name, state } = image;
  const linkDown = !link.up;
  const busy = operations.runningFor({ imageName: name }).length > 0;
  const isThere = state === 'ready' || (state === 'failed' && image.problem?.code === 'IMAGE_BROKEN');
  return {
    build: {
      id: 'build',
      label: state === 'failed' ? t('images.buildAgain') : t('images.build'),
      icon: Hammer,
      whyNot: firstReason({ busy, linkDown }),
      run: () => void images.buildImage(name),
    },
    rename: {
      id: 'rename',
      label: t('images.rename'),
      icon: PencilLine,
      whyNot: firstReason({ notReady: state !== 'ready', linkDown }),
      run: () => view.open({ kind: 'changeImage', name, change: 'rename' }),
    },
    delete: {
      id: 'delete',
      label: t('images.delete'),
      icon: Trash2,
      danger: true,
      whyNot: firstReason({ notReady: !isThere, linkDown }),
      run: () => view.open({ kind: 'changeImage', name, change: 'delete' }),
    },
  };
}

/** An image has a recipe that needs no hand, and is not there or failed: only then building it means anything. */
export function isBuildable({ recipe, state }: Image): boolean {
  return recipe !== null && recipe.instructions === null && (state === 'absent' || state === 'failed');
}

export function newImageActions({ view, link }: Stores, t: Translate): Record<'install' | 'import', Action> {
  const whyNot = link.whyNot;
  return {
    install: {
      id: 'install',
      label: t('cloudInit.install'),
      icon: Disc3,
      whyNot,
      run: () => view.open({ kind: 'install', medium: null }),
    },
    import: {
      id: 'importImage',
      label: t('images.importOpen'),
      icon: Upload,
      whyNot,
      run: () => view.open({ kind: 'importImage' }),
    },
  };
}
