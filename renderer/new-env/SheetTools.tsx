// Head of the New ENV sheet: what it starts from, form or YAML, and saving it as a template.
import type { TtError } from '@tt/protocol';
import { FilePlus2, RotateCcw } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Choice } from '../components/Choice.tsx';
import { Picker } from '../components/Picker.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { NewEnvDraft } from './new-env-draft.ts';
import { startFrom, toForm, toYaml } from './yaml-view.ts';

export interface SheetToolsProps {
  draft: NewEnvDraft;
  /** A template to start from as soon as the sheet opens. */
  template: string | null;
  onFailure: (error: TtError | null) => void;
  /** With nothing chosen and nothing typed. */
  onStartOver: () => void;
}

/** No name of a template. */
const NOTHING = '-';

export const SheetTools = observer(function SheetTools({ draft, template, onFailure, onStartOver }: SheetToolsProps) {
  const stores = useStores();
  const { templates, view, link } = stores;
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const during = async (work: () => Promise<TtError | null>) => {
    setBusy(true);
    const failed = await work();
    setBusy(false);
    onFailure(failed);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    if (template !== null) void during(() => startFrom(draft, template, stores));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- as above
  }, [draft, template]);
  const names = templates.all.map(({ name }) => name);
  return (
    <div className="sheet-tools">
      {names.length > 0 && (
        <Picker
          label={t('templates.startFrom')}
          value={draft.template !== null && names.includes(draft.template) ? draft.template : NOTHING}
          options={[
            { value: NOTHING, label: t('templates.startNothing') },
            ...names.map((name) => ({ value: name, label: name })),
          ]}
          whyNot={firstReason({ busy, linkDown: !link.up })}
          onChange={(value) => void during(() => startFrom(draft, value === NOTHING ? null : value, stores))}
        />
      )}
      <Choice
        label={t('templates.view')}
        value={draft.yaml ? 'yaml' : 'form'}
        options={[
          { value: 'form', label: t('templates.viewForm') },
          { value: 'yaml', label: t('templates.viewYaml') },
        ]}
        whyNot={firstReason({ busy })}
        onChange={(value) => void during(() => (value === 'yaml' ? toYaml(draft) : toForm(draft, stores)))}
      />
      <Button kind="quiet" icon={RotateCcw} whyNot={firstReason({ unchanged: !draft.isTouched })} onPress={onStartOver}>
        {t('newEnv.startOver')}
      </Button>
      <Button
        icon={FilePlus2}
        whyNot={firstReason({ incomplete: !draft.canCreate, linkDown: !link.up })}
        onPress={() => view.open({ kind: 'saveTemplate', source: { kind: 'draft', draft } })}
      >
        {t('templates.save')}
      </Button>
    </div>
  );
});
