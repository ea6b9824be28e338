// A report that is being waited for, has failed, or is there; what was there stays below a failure.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import type { ReactNode } from 'react';
import { Button } from '../components/Button.tsx';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { Spinner } from '../components/Spinner.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import type { Report } from './report.ts';
import { useReport } from './use-report.ts';

export interface ReportViewProps<Value> {
  report: Report<Value>;
  /** How often it is asked for again while it is shown; absent: only when it is opened. */
  everyMs?: number;
  /** What stands there until the first answer, as large as that; default: words that it is loading. */
  empty?: ReactNode;
  children: (value: Value) => ReactNode;
}

export const ReportView = observer(function ReportView<Value>({
  report,
  everyMs,
  empty,
  children,
}: ReportViewProps<Value>) {
  const { link } = useStores();
  const t = useWords();
  useReport(report, everyMs);
  const { value, error, isBusy } = report;
  return (
    <>
      {error && (
        <ErrorNotice
          error={toErrorRecord(error)}
          actions={
            <Button size="small" isBusy={isBusy} whyNot={link.whyNot} onPress={() => void report.load()}>
              {t('common.tryAgain')}
            </Button>
          }
        />
      )}
      {value === null &&
        !error &&
        (empty ?? (
          <p className="muted" role="status">
            <Spinner /> {t('common.loading')}
          </p>
        ))}
      {value !== null && children(value)}
    </>
  );
});
