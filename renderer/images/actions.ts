// Everything a person can do to one image, and the ways to get a new one.
import type { Image } from '@tt/protocol';
import { Disc3, Flame, Hammer, Info, Pencil, Snowflake, Trash2, Upload } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type ImageActionId = 'details' | 'build' | 'keepWarm' | 'letGo' | 'rename' | 'delete';

/** The call that each leads to. */
const calls = {
  details: null,
  build: 'image.build',
  keepWarm: 'image.warm',
  letGo: 'image.cool',
  rename: 'image.rename',
  delete: 'image.delete',
} as const;

export function imageActions(
  { images, operations, view, link, rights }: Stores,
  image: Image,
  t: Translate,
): Record<ImageActionId, Action> {
  const { name, state, features } = image;
  const linkDown = !link.up;
  const busy = operations.runningFor({ imageName: name }).length > 0;
  const isThere = state === 'ready' || (state === 'failed' && image.problem?.code === 'IMAGE_BROKEN');
  return rights.on(calls, {
    details: {
      id: 'details',
      label: t('images.details.open'),
      icon: Info,
      whyNot: null,
      run: () => view.open({ kind: 'imageDetails', name }),
    },
    build: {
      id: 'build',
      label: state === 'failed' ? t('images.buildAgain') : t('images.build'),
      icon: Hammer,
      whyNot: firstReason({ busy, linkDown }),
      run: () => void images.buildImage(name),
    },
    keepWarm: {
      id: 'keepWarm',
      label: t('images.keepWarm'),
      icon: Flame,
      whyNot: firstReason({
        notReady: state !== 'ready',
        noGuestAgent: !features.includes('guestAgent'),
        setUpAtBoot: features.includes('cloudInit'),
        busy,
        linkDown,
      }),
      run: () => void images.keepWarm(name),
    },
    letGo: {
      id: 'letGo',
      label: t('images.letGo'),
      icon: Snowflake,
      whyNot: firstReason({ busy, linkDown }),
      run: () => void images.letGo(name),
    },
    rename: {
      id: 'rename',
      label: t('images.rename'),
      icon: Pencil,
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
  });
}

/** What it means of an image that VMs are made from: it is kept warm, or let go; null where neither means anything. */
export function warmAction(
  { kind, state, warm }: Image,
  can: Pick<Record<ImageActionId, Action>, 'keepWarm' | 'letGo'>,
): Action | null {
  if (warm?.state === 'ready') return can.letGo;
  return kind === 'disk' && state === 'ready' ? can.keepWarm : null;
}

/** An image has a recipe that needs no hand, and is not there or failed: only then building it means anything. */
export function isBuildable({ recipe, state }: Image): boolean {
  return recipe !== null && recipe.instructions === null && (state === 'absent' || state === 'failed');
}

export function newImageActions(
  { view, link, rights }: Pick<Stores, 'view' | 'link' | 'rights'>,
  t: Translate,
): Record<'install' | 'import', Action> {
  const whyNot = link.whyNot;
  return rights.on(
    { install: 'env.create', import: 'image.import' },
    {
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
        run: () => view.open({ kind: 'importImage', file: null }),
      },
    },
  );
}
