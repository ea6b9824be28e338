// One file on its way to the agent: percent, rate, time left; resume, choose the file again, cancel.
import { Upload } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { FileTrigger } from 'react-aria-components';
import { ActionButton } from '../../components/ActionButton.tsx';
import { isAllowed } from '../../components/action.ts';
import { Button } from '../../components/Button.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import type { RowPlace } from '../../components/lists/Rows.tsx';
import { Progress } from '../../components/Progress.tsx';
import { useFormat } from '../../i18n/format.ts';
import { useWords } from '../../i18n/index.ts';
import { useStores } from '../../state/stores-context.ts';
import { importActions } from './actions.ts';
import type { ImageImport } from './image-import.ts';
import { importWords } from './import-words.ts';

export const ImportRow = observer(function ImportRow({ one, place }: { one: ImageImport; place: RowPlace }) {
  const stores = useStores();
  const t = useWords();
  const can = importActions(stores, one, t);
  const { name } = one.request;
  return (
    <li className="rows-item import-row" {...place}>
      <div className="rows-main">
        <span className="import-names">
          <strong className="mono">{name}</strong>
          <span className="muted ellipsis">{one.fileName}</span>
        </span>
        <Passage one={one} />
        {one.failure && <ErrorNotice error={one.failure} />}
      </div>
      {one.needsFile && <ChooseAgain one={one} />}
      {one.phase === 'stopped' && !one.needsFile && (
        <ActionButton action={can.resume} size="small" aria-label={t('images.imports.resumeOf', { image: name })} />
      )}
      <ActionButton
        action={can.cancel}
        size="small"
        kind="quiet"
        aria-label={t('images.imports.cancelOf', { image: name })}
      />
    </li>
  );
});

/** Several times a second: nothing else of the row is drawn anew by it. */
const Passage = observer(function Passage({ one }: { one: ImageImport }) {
  const t = useWords();
  const format = useFormat();
  const { doneBytes: done, totalBytes: total } = one.passage;
  return (
    <span className="import-passage" data-phase={one.phase}>
      <Progress label={t('images.imports.of', { image: one.request.name })} value={{ done, total }} />
      <span className="muted number">{importWords(one, t, format)}</span>
    </span>
  );
});

/** A browser opens no file again without its user. */
const ChooseAgain = observer(function ChooseAgain({ one }: { one: ImageImport }) {
  const stores = useStores();
  const t = useWords();
  const { link, rights } = stores;
  const whyNot = rights.whyNot('image.import') ?? link.whyNot;
  const button = (
    <Button
      size="small"
      icon={Upload}
      whyNot={whyNot}
      aria-label={t('images.imports.chooseAgainOf', { file: one.fileName })}
    >
      {t('images.imports.chooseAgain')}
    </Button>
  );
  const take = (files: FileList | null) => {
    const { resume } = importActions(stores, one, t, files?.[0] ?? null);
    if (isAllowed(resume)) resume.run();
  };
  // The trigger opens the chooser whatever its button says.
  return whyNot === null ? <FileTrigger onSelect={take}>{button}</FileTrigger> : button;
});
