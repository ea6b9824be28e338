// The verbs of one image.
import type { Image } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { MenuButton, toMenu } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { imageActions, warmAction } from './actions.ts';

export const ImageMenu = observer(function ImageMenu({ image }: { image: Image }) {
  const t = useWords();
  const can = imageActions(useStores(), image, t);
  const warm = warmAction(image, can);
  return (
    <MenuButton
      size="small"
      label={t('images.actionsOf', { image: image.name })}
      entries={toMenu([[can.details], warm ? [warm] : [], [can.rename, can.delete]])}
    />
  );
});
