// The live picture of one guest's screen, asked for only while it can be seen; the last one stays, greyed, when it stopped.
import type { Vm } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useRef } from 'react';
import { StateMark } from '../components/StateMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { vmMarks } from '../components/marks.ts';
import { watchWhileSeen } from './watch-while-seen.ts';

export const Thumbnail = observer(function Thumbnail({ vm, small = false }: { vm: Vm; small?: boolean }) {
  const { thumbnails, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => watchWhileSeen(frame.current, () => thumbnails.watch(vm.id)), [thumbnails, vm.id]);
  const picture = thumbnails.of(vm.id);
  const isLive = vm.state === 'running' && link.up && picture?.isOld !== true;
  const name = shortVmName(vm.name);
  const label = picture
    ? t('envs.thumbnailAt', { vm: name, time: format.timeWithSeconds(picture.takenAt) })
    : t('envs.thumbnail', { vm: name });
  return (
    <div ref={frame} className="thumbnail" data-small={small || undefined} data-live={isLive || undefined}>
      {picture && <img src={picture.url} alt={label} draggable={false} />}
      {vm.state !== 'running' && (
        <span className="thumbnail-cover">
          {small ? (
            <StateMark mark={vmMarks[vm.state]} />
          ) : (
            <span>
              <StateMark mark={vmMarks[vm.state]} size={18} />
              {t(`common.states.${vm.state}`)}
            </span>
          )}
        </span>
      )}
      {!picture && vm.state === 'running' && !small && (
        <span className="thumbnail-cover">
          <span>{t(link.up ? 'envs.noPicture' : 'envs.noPictureKept')}</span>
        </span>
      )}
    </div>
  );
});
