// What can be done with a file on its way to the agent.
import type { ReadableFile } from '@tt/client';
import { StepForward, X } from 'lucide-react';
import { type Action, firstReason } from '../../components/action.ts';
import type { Translate } from '../../i18n/index.ts';
import type { Stores } from '../../state/stores.ts';
import type { ImageImport } from './image-import.ts';

export type ImportActionId = 'resume' | 'cancel';

/** The call that each leads to. */
const calls = { resume: 'image.import', cancel: 'transfer.drop' } as const;

/** `file`: chosen again, where the import needs it. */
export function importActions(
  { imports, link, rights }: Pick<Stores, 'imports' | 'link' | 'rights'>,
  one: ImageImport,
  t: Translate,
  file: ReadableFile | null = null,
): Record<ImportActionId, Action> {
  return rights.on(calls, {
    resume: {
      id: 'resumeImport',
      label: t('images.imports.resume'),
      icon: StepForward,
      whyNot: firstReason({
        incomplete: one.needsFile && file === null,
        underway: one.phase !== 'stopped',
        linkDown: !link.up,
      }),
      run: () => void imports.resume(one, file),
    },
    cancel: {
      id: 'cancelImport',
      label: t('images.imports.cancel'),
      icon: X,
      // Also without a link: the agent removes by its own clock what nobody goes on with.
      whyNot: null,
      run: () => void imports.cancel(one),
    },
  });
}
