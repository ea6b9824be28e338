// Builds an image from its recipe, where it has none yet or the last build failed.
import type { Image } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ActionButton } from '../components/ActionButton.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { imageActions, isBuildable } from './actions.ts';

export const BuildImageButton = observer(function BuildImageButton({ image }: { image: Image }) {
  const t = useWords();
  const { build } = imageActions(useStores(), image, t);
  if (!isBuildable(image)) return <span className="no-button" />;
  return (
    <ActionButton
      action={build}
      aria-label={t(image.state === 'failed' ? 'images.buildAgainOf' : 'images.buildOf', { image: image.name })}
    />
  );
});
