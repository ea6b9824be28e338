// Builds an image from its recipe, where it has none yet or the last build failed.
import type { Image } from '@tt/protocol';
import { Hammer } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export const BuildImageButton = observer(function BuildImageButton({ image }: { image: Image }) {
  const { images, operations, link } = useStores();
  const t = useWords();
  const byHand = image.recipe === null || image.recipe.instructions !== null;
  if (byHand || (image.state !== 'absent' && image.state !== 'failed')) return <span className="no-button" />;
  return (
    <Button
      icon={Hammer}
      isDisabled={!link.up || operations.runningFor({ imageName: image.name }).length > 0}
      aria-label={t(image.state === 'failed' ? 'images.buildAgainOf' : 'images.buildOf', { image: image.name })}
      onPress={() => void images.buildImage(image.name)}
    >
      {image.state === 'failed' ? t('images.buildAgain') : t('images.build')}
    </Button>
  );
});
