// All that is known about an image: facts, why it failed, what to do by hand, what its build prints.
import { type Image, imageMemo, termText } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { OperationLine } from '../activity/OperationLine.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { CloseFoot } from '../components/DialogFoot.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { GuideSummary } from '../components/GuidedSheet.tsx';
import { imageMarks } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { termsOf } from '../i18n/error-words.ts';
import { type Format, useFormat } from '../i18n/format.ts';
import { type Translate, useLanguage, useWords } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';
import { BuildImageButton } from './BuildImageButton.tsx';
import { BuildLog } from './BuildLog.tsx';
import { loginWords } from './image-facts.ts';
import { imageKind } from './image-list.ts';
import { OsMark } from './OsMark.tsx';
import './images.css';

export const ImageDetailsDialog = observer(function ImageDetailsDialog({ name }: { name: string }) {
  const image = useStores().images.items.get(name);
  return image ? <Details image={image} /> : null;
});

const Details = observer(function Details({ image }: { image: Image }) {
  const { operations, view } = useStores();
  const t = useWords();
  const format = useFormat();
  const language = useLanguage();
  const words = termsOf(language);
  const { name, state, problem, recipe } = image;
  const [running] = operations.runningFor({ imageName: name });
  const instructions = recipe?.instructions ?? null;
  return (
    <Dialog
      title={t('images.detailsOf', { image: name })}
      width="large"
      onClose={() => view.close()}
      foot={<CloseFoot onClose={() => view.close()} aside={<BuildImageButton image={image} />} />}
    >
      <p className="image-name">
        <OsMark os={image.os} />
        <StateLabel mark={imageMarks[state]} word={t(`common.states.${state}`)} />
      </p>
      {problem && <ErrorNotice error={problem} />}
      {running && <OperationLine operation={running} />}
      {recipe?.notRun && state !== 'ready' && <p className="muted">{t('images.recipeNotRun')}</p>}
      {instructions !== null && state !== 'ready' && (
        <p>{`${t('images.byHand')}: ${termText('instruction', instructions, {}, words)}`}</p>
      )}
      <GuideSummary facts={factsOf(image, t, format, language)} />
      {recipe !== null && instructions === null && (
        <BuildLog key={name} name={name} isBuilding={state === 'building'} />
      )}
    </Dialog>
  );
});

function factsOf(image: Image, t: Translate, format: Format, language: Language): (readonly [string, string])[] {
  const memo = imageMemo(image, language);
  const { sizeBytes, minMemoryMiB, minDiskMiB, defaultLogin, features, builtFrom, owner } = image;
  const facts: [string, string | false][] = [
    [t('images.memo'), memo !== '' && memo],
    [t('images.columns.kind'), t(`images.kinds.${imageKind(image)}`)],
    [t('images.columns.size'), sizeBytes > 0 && format.bytes(sizeBytes)],
    [t('images.columns.memory'), minMemoryMiB > 0 && format.mebibytes(minMemoryMiB)],
    [t('images.details.disk'), minDiskMiB > 0 && format.mebibytes(minDiskMiB)],
    [t('images.firmware'), image.kind === 'disk' && image.firmware.toUpperCase()],
    [t('images.details.login'), defaultLogin !== null && loginWords(t, defaultLogin)],
    [t('images.details.features'), features.length > 0 && features.join(', ')],
    [t('images.columns.owner'), owner ?? t('images.ofHost')],
    [t('images.details.builtFrom'), builtFrom.length > 0 && someNames(builtFrom, t)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== false);
}
