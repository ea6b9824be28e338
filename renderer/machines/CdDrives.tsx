// The CD drives of a machine: what is in them, and the media that could be.
import { Disc3 } from 'lucide-react';
import { CD_NAMES } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { MenuButton } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { DrivesProps } from './DiskFields.tsx';

export const CdDrives = observer(function CdDrives({ vm, whyNot, run }: DrivesProps) {
  const { drives, images } = useStores();
  const t = useWords();
  const media = images.all.filter(({ kind, state }) => kind === 'iso' && state === 'ready');
  return (
    <section aria-label={t('disks.cds')}>
      <h3 className="drives-head">{t('disks.cds')}</h3>
      <ul className="rows">
        {CD_NAMES.map((name) => {
          const medium = vm.spec.cds.find((cd) => cd.name === name)?.medium ?? null;
          return (
            <li key={name} className="rows-item drive">
              <div className="drive-row">
                <div className="rows-main">
                  <strong className="mono">{name}</strong>{' '}
                  <span className={medium === null ? 'muted' : 'mono'}>{medium ?? t('disks.empty')}</span>
                </div>
                <MenuButton
                  size="small"
                  icon={Disc3}
                  label={t('disks.insertOf', { drive: name })}
                  whyNot={firstReason({ noMedia: media.length === 0 }) ?? whyNot}
                  entries={media.map((image) => ({
                    id: image.name,
                    label: image.name,
                    run: () => void run(() => drives.insert(vm, name, image.name)),
                  }))}
                />
                {medium !== null && (
                  <Button
                    size="small"
                    whyNot={whyNot}
                    aria-label={t('disks.ejectOf', { drive: name })}
                    onPress={() => void run(() => drives.eject(vm, name))}
                  >
                    {t('disks.eject')}
                  </Button>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      {media.length === 0 && <p className="field-hint">{t('disks.noMedia')}</p>}
    </section>
  );
});
