// Settings to a file without secrets, and from one.
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { saveFile } from '../components/save-file.ts';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { ConnectionStore } from '../connections/connection-store.ts';
import { MOST_BYTES, type NoSettings, readSettingsText, SETTINGS_FILE_NAME, settingsText } from './settings-file.ts';

export const SettingsFileButtons = observer(function SettingsFileButtons({
  connections,
}: {
  connections: ConnectionStore;
}) {
  const { settings, toasts } = useStores();
  const t = useWords();
  const [refused, setRefused] = useState<NoSettings | 'tooLarge' | null>(null);
  const save = () =>
    saveFile(SETTINGS_FILE_NAME, new Blob([settingsText(connections.all, settings)], { type: 'application/json' }));
  const take = async (file: File | undefined) => {
    if (!file) return;
    const content = file.size <= MOST_BYTES ? readSettingsText(await file.text()) : 'tooLarge';
    setRefused(typeof content === 'string' ? content : null);
    if (typeof content === 'string') return;
    const before = connections.all.length;
    const outcome = await connections.importServers(content.servers);
    if (!outcome.ok) {
      toasts.fail(t('connections.importFailed'), outcome.error);
      return;
    }
    settings.takeOver(content.window);
    const count = connections.all.length - before;
    toasts.say(count === 0 ? t('connections.importedLook') : t('connections.imported', { count }));
  };
  return (
    <div className="field">
      <span className="connection-file">
        <Button onPress={save}>{t('connections.export')}</Button>
        <FileTrigger acceptedFileTypes={['application/json']} onSelect={(files) => void take(files?.[0])}>
          <Button>{t('connections.import')}</Button>
        </FileTrigger>
      </span>
      <span className="field-hint">{t('connections.exportHint')}</span>
      {refused && (
        <span className="field-error" role="alert">
          {t(`connections.importRefused.${refused}`)}
        </span>
      )}
    </div>
  );
});
