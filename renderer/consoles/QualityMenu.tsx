// How good the pictures of screens are, against how much they cost: for all screens of this window, remembered.
import { Check, Gauge } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { MenuButton, type MenuEntry } from '../components/Menu.tsx';
import { type Translate, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Stores } from '../state/stores.ts';
import { screenQualities } from '../settings/screen-quality.ts';

/** `isAlone`: nothing around them says what they are. */
export function qualityEntries({ settings }: Pick<Stores, 'settings'>, t: Translate, isAlone = false): MenuEntry[] {
  return screenQualities.map((quality) => {
    const word = t(`consoles.qualities.${quality}`);
    return {
      id: `quality-${quality}`,
      label: isAlone ? t('consoles.quality', { quality: word }) : word,
      ...(quality === settings.screenQuality && { icon: Check }),
      run: () => settings.chooseScreenQuality(quality),
    };
  });
}

export const QualityMenu = observer(function QualityMenu() {
  const stores = useStores();
  const t = useWords();
  return (
    <MenuButton
      label={t('consoles.quality', { quality: t(`consoles.qualities.${stores.settings.screenQuality}`) })}
      icon={Gauge}
      entries={qualityEntries(stores, t)}
    />
  );
});
