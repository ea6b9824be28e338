// Everything a person can do to a template.
import type { Template } from '@tt/protocol';
import { FilePen, Lock, Pencil, Plus, Trash2, Users } from 'lucide-react';
import { type Action, firstReason } from '../components/action.ts';
import type { Translate } from '../i18n/index.ts';
import type { Stores } from '../state/stores.ts';

export type TemplateActionId = 'use' | 'edit' | 'rename' | 'share' | 'delete';

/** The call that each leads to. */
const calls = {
  use: 'env.create',
  edit: 'template.save',
  rename: 'template.rename',
  share: 'template.share',
  delete: 'template.delete',
} as const;

export function templateActions(
  { templates, view, link, rights }: Stores,
  template: Template,
  t: Translate,
): Record<TemplateActionId, Action> {
  const { name, sharedWith } = template;
  const isShared = sharedWith === 'everybody';
  const mine = firstReason({ othersTemplate: !templates.isMine(template), linkDown: !link.up });
  return rights.on(calls, {
    use: {
      id: 'use',
      label: t('templates.use'),
      icon: Plus,
      whyNot: link.whyNot,
      run: () => view.open({ kind: 'newEnv', draft: null, template: name }),
    },
    edit: {
      id: 'edit',
      label: t('templates.edit'),
      icon: FilePen,
      whyNot: mine,
      run: () => view.open({ kind: 'saveTemplate', source: { kind: 'template', name } }),
    },
    rename: {
      id: 'rename',
      label: t('templates.rename'),
      icon: Pencil,
      whyNot: mine,
      run: () => view.open({ kind: 'renameTemplate', name }),
    },
    share: {
      id: 'share',
      label: t(isShared ? 'templates.makePrivate' : 'templates.share'),
      icon: isShared ? Lock : Users,
      whyNot: mine,
      run: () => void templates.share({ name, sharedWith: isShared ? 'nobody' : 'everybody' }),
    },
    delete: {
      id: 'delete',
      label: t('templates.delete'),
      icon: Trash2,
      danger: true,
      whyNot: mine,
      run: () => view.open({ kind: 'deleteTemplate', name }),
    },
  });
}
