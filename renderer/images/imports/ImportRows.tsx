// Files on their way to the agent, above the images they become.
import { observer } from 'mobx-react-lite';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { FewRows } from '../../components/lists/FewRows.tsx';
import { useWords } from '../../i18n/index.ts';
import { useStores } from '../../state/stores-context.ts';
import { ImportRow } from './ImportRow.tsx';

const MOST = 3;
const ROW_HEIGHT = 58;

export const ImportRows = observer(function ImportRows() {
  const { imports } = useStores();
  const t = useWords();
  const { all, failure } = imports;
  return (
    <>
      {failure && <ErrorNotice title={t('images.imports.unknown')} error={failure} />}
      {all.length > 0 && (
        <FewRows
          items={all}
          keyOf={({ transferId }) => transferId}
          height={ROW_HEIGHT}
          most={MOST}
          label={t('images.imports.title')}
        >
          {(one, place) => <ImportRow key={one.transferId} one={one} place={place} />}
        </FewRows>
      )}
    </>
  );
});
