// One image in the picker: choose it, or see why it can't be chosen yet (building, with progress; absent, with Build).
import type { Image } from '@tt/protocol';
import { Hammer } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { ToggleButton } from 'react-aria-components';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Progress } from '../components/Progress.tsx';
import { StateMark } from '../components/StateMark.tsx';
import { useReason } from '../components/use-reason.tsx';
import { WithTooltip } from '../components/WithTooltip.tsx';
import { useFormat } from '../i18n/format.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { imageMarks } from '../components/marks.ts';
import type { GroupsDraft } from './groups-draft.ts';
import { OsMark } from '../images/OsMark.tsx';

export const ImageOption = observer(function ImageOption({ image, draft }: { image: Image; draft: GroupsDraft }) {
  const { operations, images, link } = useStores();
  const t = useWords();
  const format = useFormat();
  const ready = image.state === 'ready';
  const reason = useReason(firstReason({ notReady: !ready }));
  const [building] = operations.runningFor({ imageName: image.name });
  const chosen = draft.groups.some((group) => group.image.name === image.name);
  const variant = image.variant === 'default' ? '' : image.variant;
  return (
    <div className="image-option">
      <WithTooltip text="" reason={reason.text ?? ''} isSilent={ready}>
        <ToggleButton
          {...reason.props}
          className="image-toggle"
          isSelected={chosen}
          onChange={() => ready && draft.toggle(image)}
        >
          <OsMark os={image.os} />
          {variant !== '' && <span className="muted mono ellipsis">{variant}</span>}
          {image.warm?.state === 'ready' && <span className="tag">{t('images.warmTag')}</span>}
          <span className="spacer" />
          {ready ? (
            <span className="muted number">{format.mebibytes(image.minMemoryMiB)}</span>
          ) : (
            <span className="image-state">
              <StateMark mark={imageMarks[image.state]} />
              {t(`common.states.${image.state}`)}
            </span>
          )}
          {reason.description}
        </ToggleButton>
      </WithTooltip>
      {(image.state === 'absent' || image.state === 'failed') && !building && (
        <Button
          size="small"
          kind="quiet"
          icon={Hammer}
          whyNot={link.whyNot}
          label={t('images.buildOf', { image: image.os })}
          onPress={() => void images.buildImage(image.name)}
        />
      )}
      {building && <Progress label={t('images.buildOf', { image: image.os })} value={building.progress} />}
    </div>
  );
});
