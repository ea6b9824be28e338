// Images as a table: sorted by its columns, a line of facts below each name, or what is being done to it. A row opens the details.
import type { Image } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useMemo } from 'react';
import { OperationLine } from '../activity/OperationLine.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { imageMarks } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
import { Table } from '../components/table/Table.tsx';
import { TableCell } from '../components/table/table-parts.tsx';
import { errorWords } from '../i18n/error-words.ts';
import { useFormat } from '../i18n/format.ts';
import { useLanguage, useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { BuildImageButton } from './BuildImageButton.tsx';
import { ImageMenu } from './ImageMenu.tsx';
import { imageFacts } from './image-facts.ts';
import { type ImageColumn, imageKind, type ImageSort } from './image-list.ts';
import { OsMark } from './OsMark.tsx';

const columns: readonly ImageColumn[] = ['name', 'kind', 'state', 'size', 'memory', 'owner'];

/** Shares of the width and least widths in px, for a long table: a short one is as wide as its contents need. */
const widths: Readonly<Record<ImageColumn, { width: `${number}fr`; minWidth: number }>> = {
  name: { width: '5fr', minWidth: 240 },
  kind: { width: '1fr', minWidth: 90 },
  state: { width: '1fr', minWidth: 100 },
  size: { width: '1fr', minWidth: 80 },
  memory: { width: '1fr', minWidth: 80 },
  owner: { width: '1fr', minWidth: 80 },
};

/** As in images.css. */
const ROW_PX = 48;
const VERBS = { width: 170, className: '' };

export interface ImageTableProps {
  images: readonly Image[];
  sort: ImageSort;
  onSort: (sort: ImageSort) => void;
}

export const ImageTable = observer(function ImageTable({ images, sort, onSort }: ImageTableProps) {
  const { view } = useStores();
  const t = useWords();
  const names = useMemo(() => images.map(({ name }) => name), [images]);
  const heads = useMemo(
    () => columns.map((id) => ({ id, label: t(`images.columns.${id}`), ...widths[id], isSortable: true })),
    [t],
  );
  return (
    <div className="table-frame">
      <Table
        label={t('images.title')}
        className="image-table"
        columns={heads}
        verbs={VERBS}
        keys={names}
        isLong={useIsLong(images.length)}
        rowHeight={ROW_PX}
        nameOf={String}
        Cells={ImageCells}
        sort={sort}
        onSort={({ column, descending }) => onSort({ column: column as ImageColumn, descending })}
        selection={null}
        onOpen={(name) => view.open({ kind: 'imageDetails', name })}
      />
    </div>
  );
});

/** What operations change stands in a component of its own. */
const ImageCells = observer(function ImageCells({ id }: { id: string }) {
  const image = useStores().images.items.get(id);
  const t = useWords();
  const format = useFormat();
  if (!image) return null;
  return (
    <>
      <TableCell isName>
        <span className="image-name">
          <OsMark os={image.os} />
          <span className="image-words">
            <span>
              <strong className="mono">{image.name}</strong>
              {image.warm?.state === 'ready' && <span className="tag">{t('images.warmTag')}</span>}
            </span>
            <ImageLine image={image} />
          </span>
        </span>
      </TableCell>
      <TableCell>{t(`images.kinds.${imageKind(image)}`)}</TableCell>
      <TableCell>
        <StateLabel mark={imageMarks[image.state]} word={t(`common.states.${image.state}`)} />
      </TableCell>
      <TableCell className="number">{image.sizeBytes > 0 ? format.bytes(image.sizeBytes) : ''}</TableCell>
      <TableCell className="number">{image.minMemoryMiB > 0 ? format.mebibytes(image.minMemoryMiB) : ''}</TableCell>
      <TableCell>{image.owner ?? <span className="muted">{t('images.ofHost')}</span>}</TableCell>
      <TableCell>
        <span className="image-verbs">
          <BuildImageButton image={image} />
          <ImageMenu image={image} />
        </span>
      </TableCell>
    </>
  );
});

/** One line, whatever it says: a row that grew or shrank would move those below it. */
const ImageLine = observer(function ImageLine({ image }: { image: Image }) {
  const { operations } = useStores();
  const t = useWords();
  const format = useFormat();
  const language = useLanguage();
  const [running] = operations.runningFor({ imageName: image.name });
  if (running) return <OperationLine operation={running} brief />;
  if (image.problem) {
    return <span className="image-problem ellipsis">{errorWords(image.problem, language).message}</span>;
  }
  return <span className="muted ellipsis">{imageFacts(image, t, format, language).join(' · ')}</span>;
});
