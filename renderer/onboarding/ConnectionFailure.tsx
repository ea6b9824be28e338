// Why connecting failed, in words with a code; from the main process's state or from the call itself.
import { toErrorRecord } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { ErrorNotice } from '../components/ErrorNotice.tsx';
import { useStores } from '../state/stores-context.ts';

export const ConnectionFailure = observer(function ConnectionFailure() {
  const { session } = useStores();
  const { connection, error } = session;
  if (connection.kind === 'failed') {
    // Its words are already filled in by the main process, so they stand as they are.
    const { code, message, fix } = connection;
    return <ErrorNotice error={{ code: `DESKTOP.${code}`, message, fix, data: {} }} />;
  }
  return error ? <ErrorNotice error={toErrorRecord(error)} /> : null;
});
