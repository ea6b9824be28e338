// The YAML tab of an ENV: the text of `tt env export`, edited with its faults shown, planned, and applied.
import { type Env, toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect, useState } from 'react';
import { ActionButton } from '../components/ActionButton.tsx';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { EnvYaml } from '../env-file/env-yaml.ts';
import { PlanView } from '../env-file/PlanView.tsx';
import { undoneLines } from '../env-file/plan-lines.ts';
import { YamlEditor } from '../env-file/YamlEditor.tsx';
import { useLanguage, useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';
import { envActions } from './actions.ts';

export const EnvYamlTab = observer(function EnvYamlTab({ env }: { env: Env }) {
  const stores = useStores();
  const { bridge, link, rights } = stores;
  const t = useWords();
  const language = useLanguage();
  const [yaml] = useState(() => new EnvYaml(bridge, env.name));
  const { up } = link;
  useEffect(() => {
    if (up && yaml.exported === null) void yaml.load();
  }, [yaml, up]);
  const { saveTemplate } = envActions(stores, env, t);
  const busy = yaml.work !== null;
  const undone = undoneLines(yaml.results, t, language);
  const failure = yaml.failure && <ErrorNotice title={failureTitle()} error={toErrorRecord(yaml.failure)} />;
  function failureTitle(): string {
    return t(yaml.results.length > 0 ? 'envFile.notApplied' : 'envFile.notRead', { env: env.name });
  }
  if (yaml.exported === null) return failure ?? <Spinner />;
  return (
    <div className="env-yaml">
      <p className="muted">{t('envFile.about', { env: env.name })}</p>
      {yaml.partlySetUp.length > 0 && (
        <p className="muted">{t('envFile.partly', { names: someNames(yaml.partlySetUp, t) })}</p>
      )}
      <YamlEditor label={t('envFile.of', { env: env.name })} text={yaml.text} />
      <div className="yaml-bar">
        <Button
          kind={yaml.shownPlan === null ? 'primary' : 'normal'}
          isBusy={yaml.work === 'planning'}
          whyNot={
            rights.whyNot('env.update') ??
            firstReason({ mistake: !yaml.text.isUsable, unchanged: !yaml.isEdited, busy, linkDown: !up })
          }
          onPress={() => void yaml.makePlan()}
        >
          {t('envFile.showPlan')}
        </Button>
        <Button whyNot={firstReason({ busy, linkDown: !up })} onPress={() => void yaml.load()}>
          {t(yaml.isEdited ? 'envFile.discard' : 'envFile.reload')}
        </Button>
        <ActionButton action={saveTemplate} />
      </div>
      <PlanView yaml={yaml} />
      {undone.length > 0 && (
        <div role="status">
          {undone.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      {failure}
    </div>
  );
});
