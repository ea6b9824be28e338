// The verbs of one image that is there.
import type { Image } from '@tt/protocol';
import { PencilLine, Trash2 } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const ImageMenu = observer(function ImageMenu({ image }: { image: Image }) {
  const { view, link } = useStores();
  const t = useWords();
  const isThere = image.state === 'ready' || (image.state === 'failed' && image.problem?.code === 'IMAGE_BROKEN');
  return (
    <MenuButton
      size="small"
      label={t('images.actionsOf', { image: image.name })}
      isDisabled={!isThere}
      entries={[
        {
          id: 'rename',
          label: t('images.rename'),
          icon: PencilLine,
          disabled: !link.up || image.state !== 'ready',
          run: () => view.open({ kind: 'changeImage', name: image.name, change: 'rename' }),
        },
        {
          id: 'delete',
          label: t('images.delete'),
          icon: Trash2,
          danger: true,
          disabled: !link.up,
          run: () => view.open({ kind: 'changeImage', name: image.name, change: 'delete' }),
        },
      ]}
    />
  );
});
