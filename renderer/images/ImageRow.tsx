// One image: name, state, size, needs, login; Build with its progress; why a build failed.
import { type Image, termText } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { StateLabel } from '../components/StateLabel.tsx';
import { imageMarks } from '../components/marks.ts';
import { OsMark } from './OsMark.tsx';
import { useFormat } from '../i18n/format.ts';
import { termsOf } from '../i18n/error-words.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import type { RowPlace } from '../components/lists/Rows.tsx';
import { useStores } from '../state/stores-context.ts';
import { BuildImageButton } from './BuildImageButton.tsx';
import { ImageMenu } from './ImageMenu.tsx';

export const ImageRow = observer(function ImageRow({ image, place }: { image: Image; place: RowPlace }) {
  const { operations } = useStores();
  const t = useWords();
  const words = termsOf(useLanguage());
  const format = useFormat();
  const [running] = operations.runningFor({ imageName: image.name });
  const facts = [
    image.memo,
    image.minMemoryMiB > 0 && t('images.minimum', { memory: format.mebibytes(image.minMemoryMiB) }),
    image.defaultLogin && login(t, image.defaultLogin),
    image.warm?.state === 'ready' &&
      t('images.warmFacts', {
        count: image.warm.useCount,
        cpu: image.warm.cpuCount,
        memory: format.mebibytes(image.warm.memoryMiB),
        size: format.bytes(image.warm.sizeBytes),
      }),
    image.recipe?.notRun && image.state !== 'ready' && t('images.notRun'),
    image.builtFrom.length > 0 && t('images.packages', { count: image.builtFrom.length }),
  ].filter((fact) => typeof fact === 'string' && fact !== '');
  return (
    <li className="rows-item image-row" {...place}>
      <OsMark os={image.os} />
      <div className="rows-main">
        <strong className="mono">{image.name}</strong>
        {image.warm?.state === 'ready' && <span className="tag">{t('images.warmTag')}</span>}
        {/* In the place of the facts: a row that grew or shrank would move those below it. */}
        <div className="image-facts" data-running={running !== undefined || undefined}>
          <span className="muted">{facts.join(' · ')}</span>
          {running && <OperationLine operation={running} brief />}
        </div>
        {image.recipe?.instructions && image.state !== 'ready' && (
          <p>{`${t('images.byHand')}: ${termText('instruction', image.recipe.instructions, {}, words)}`}</p>
        )}
        {image.problem && <ErrorNotice error={image.problem} />}
      </div>
      <span className="number muted">{image.sizeBytes > 0 ? format.bytes(image.sizeBytes) : ''}</span>
      <StateLabel mark={imageMarks[image.state]} word={t(`common.states.${image.state}`)} />
      <BuildImageButton image={image} />
      <ImageMenu image={image} />
    </li>
  );
});

function login(t: ReturnType<typeof useWords>, { user, password }: NonNullable<Image['defaultLogin']>): string {
  const how = password === null ? t('images.loginKey') : password === '' ? t('images.loginEmpty') : '';
  return `${t('images.login', { user })}${how === '' ? '' : ` (${how})`}`;
}
