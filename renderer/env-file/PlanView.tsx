// A plan: its steps, the ticks that what deletes or restarts needs, and the button that does it.
import { observer } from 'mobx-react-lite';
import { firstReason } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { FewRows } from '../components/lists/FewRows.tsx';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { EnvYaml } from './env-yaml.ts';
import { planLines } from './plan-lines.ts';

export const PlanView = observer(function PlanView({ yaml }: { yaml: EnvYaml }) {
  const { link, toasts } = useStores();
  const t = useWords();
  const language = useLanguage();
  if (yaml.shownPlan === null) return null;
  const lines = planLines(yaml.steps, t, language);
  const apply = async () => {
    if (await yaml.apply()) toasts.say(t('envFile.applied', { env: yaml.envName }));
  };
  if (lines.length === 0) return <p role="status">{t('envFile.nothing', { env: yaml.envName })}</p>;
  return (
    <section className="panel plan" aria-label={t('envFile.plan')}>
      <h2>{t('envFile.plan')}</h2>
      {yaml.isReplanned && <p role="status">{t('envFile.replanned', { env: yaml.envName })}</p>}
      <FewRows items={lines} keyOf={({ key }) => key} most={12} height={24} label={t('envFile.plan')}>
        {({ key, sign, subject, what, note }, place) => (
          <li key={key} className="plan-step" data-sign={sign} {...place}>
            <span className="plan-sign" aria-hidden="true">
              {sign}
            </span>
            <span className="plan-what">
              <strong className="mono">{subject}</strong> {what}
              {note !== null && <span className="muted"> ({note})</span>}
            </span>
          </li>
        )}
      </FewRows>
      {yaml.needsRestart && (
        <CheckField
          label={t('envFile.allowRestart')}
          hint={t('envFile.allowRestartHint')}
          value={yaml.restart}
          onChange={(restart) => yaml.allow({ restart })}
        />
      )}
      {yaml.needsLoss && (
        <CheckField
          label={t('envFile.allowLoss')}
          hint={t('envFile.allowLossHint')}
          value={yaml.loss}
          onChange={(loss) => yaml.allow({ loss })}
        />
      )}
      <div className="yaml-bar">
        <Button
          kind={yaml.loss && yaml.needsLoss ? 'danger' : 'primary'}
          isBusy={yaml.work === 'applying'}
          whyNot={firstReason({
            incomplete: yaml.doableCount === 0,
            busy: yaml.work !== null,
            linkDown: !link.up,
          })}
          onPress={() => void apply()}
        >
          {t('envFile.apply', { count: yaml.doableCount })}
        </Button>
        {yaml.doableCount < yaml.steps.length && (
          <span className="muted">{t('envFile.some', { count: yaml.steps.length - yaml.doableCount })}</span>
        )}
      </div>
    </section>
  );
});
