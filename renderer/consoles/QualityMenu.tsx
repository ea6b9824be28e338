// How good the pictures of screens are, against how much they cost: for all screens of this window, remembered.
import { Check, Gauge } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { screenQualities } from '../settings/screen-quality.ts';

export const QualityMenu = observer(function QualityMenu() {
  const { settings } = useStores();
  const t = useWords();
  return (
    <MenuButton
      label={t('consoles.quality', { quality: t(`consoles.qualities.${settings.screenQuality}`) })}
      icon={Gauge}
      entries={screenQualities.map((quality) => ({
        id: quality,
        label: t(`consoles.qualities.${quality}`),
        ...(quality === settings.screenQuality && { icon: Check }),
        run: () => settings.chooseScreenQuality(quality),
      }))}
    />
  );
});
