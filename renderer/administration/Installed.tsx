// Which version runs, and whether another one is installed and waits for a restart.
import type { VersionReport } from '@tt/protocol';
import { StateLabel } from '../components/StateLabel.tsx';
import { useWords } from '../i18n/index.ts';

export function Installed({ report: { version, installed } }: { report: VersionReport }) {
  const t = useWords();
  if (installed === null) {
    return (
      <>
        TT {version} <span className="muted">· {t('administration.installedUnknown')}</span>
      </>
    );
  }
  if (installed === version) {
    return (
      <>
        TT {version} <span className="muted">· {t('administration.installedSame')}</span>
      </>
    );
  }
  return <StateLabel mark="paused" word={t('administration.installedOther', { version, installed })} />;
}
