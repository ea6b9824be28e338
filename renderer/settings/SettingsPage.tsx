// Settings: on the left what this window keeps (language, theme, connections), beside it who is let in at the server, and the keys.
import { observer } from 'mobx-react-lite';
import { Choice } from '../components/Choice.tsx';
import { ConnectionsPanel } from '../connections/ConnectionsPanel.tsx';
import { useWords } from '../i18n/index.ts';
import { KeyList } from './KeyList.tsx';
import { CheckField } from '../components/CheckField.tsx';
import { useFormat } from '../i18n/format.ts';
import { scrollbackChoices, type Theme } from './settings-store.ts';
import { useStores } from '../state/stores-context.ts';
import { TeamsPanel } from '../people/TeamsPanel.tsx';
import { TokensPanel } from '../people/TokensPanel.tsx';
import { DesktopPanel } from './DesktopPanel.tsx';
import { PeopleLink } from './PeopleLink.tsx';
import { SettingsFileButtons } from './SettingsFileButtons.tsx';
import { SessionsPanel } from './SessionsPanel.tsx';

export const SettingsPage = observer(function SettingsPage() {
  const { settings, hosts, connections } = useStores();
  const t = useWords();
  const format = useFormat();
  const host = hosts.first;
  const themes: { value: Theme; label: string }[] = [
    { value: 'system', label: t('settings.themeSystem') },
    { value: 'light', label: t('settings.themeLight') },
    { value: 'dark', label: t('settings.themeDark') },
  ];
  return (
    <section className="page" aria-label={t('settings.title')}>
      <h1 className="page-title">{t('settings.title')}</h1>
      <div className="settings">
        <div className="settings-column">
          <section className="panel form" aria-label={t('settings.look')}>
            <h2>{t('settings.look')}</h2>
            <div className="field">
              <span className="field-label">{t('settings.language')}</span>
              <Choice
                label={t('settings.language')}
                value={settings.chosenLanguage ?? 'system'}
                options={[
                  { value: 'system', label: t('settings.languageSystem') },
                  { value: 'en', label: 'English' },
                  { value: 'zh-CN', label: '简体中文' },
                ]}
                onChange={(value) => settings.chooseLanguage(value === 'system' ? null : value)}
              />
            </div>
            <div className="field">
              <span className="field-label">{t('settings.theme')}</span>
              <Choice
                label={t('settings.theme')}
                value={settings.theme}
                options={themes}
                onChange={(theme) => settings.chooseTheme(theme)}
              />
            </div>
          </section>
          <section className="panel form" aria-label={t('settings.text')}>
            <h2>{t('settings.text')}</h2>
            <div className="field">
              <span className="field-label">{t('settings.scrollback')}</span>
              <Choice
                label={t('settings.scrollback')}
                value={String(settings.scrollbackLines)}
                options={scrollbackChoices.map((lines) => ({ value: String(lines), label: format.number(lines) }))}
                onChange={(lines) => settings.keepScrollback(Number(lines))}
              />
            </div>
            <CheckField
              label={t('settings.screenReader')}
              hint={t('settings.screenReaderHint')}
              value={settings.textForScreenReader}
              onChange={(aloud) => settings.readTextAloud(aloud)}
            />
          </section>
          <DesktopPanel />
          <ConnectionsPanel />
          {connections && (
            <section className="panel form" aria-label={t('settings.file')}>
              <h2>{t('settings.file')}</h2>
              <SettingsFileButtons connections={connections} />
            </section>
          )}
          <section className="panel form" aria-label={t('settings.about')}>
            <h2>{t('settings.about')}</h2>
            {host && <p>{t('settings.version', { version: host.version, host: host.name })}</p>}
          </section>
        </div>
        <div className="settings-column">
          <PeopleLink />
          <TeamsPanel />
          <TokensPanel />
          <SessionsPanel />
          <section className="panel form" aria-label={t('settings.keys')}>
            <h2>{t('settings.keys')}</h2>
            <KeyList />
          </section>
        </div>
      </div>
    </section>
  );
});
