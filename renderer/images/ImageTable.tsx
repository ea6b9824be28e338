// Images as a table: sorted by its columns, a line of facts below each name, or what is being done to it. A row opens the details.
import type { Image } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { Cell, Column, Row, Table, TableHeader } from 'react-aria-components';
import { OperationLine } from '../activity/OperationLine.tsx';
import { LongCollection } from '../components/lists/LongCollection.tsx';
import { useIsLong } from '../components/lists/long-list.ts';
import { RowLayout } from '../components/lists/RowLayout.ts';
import { SteadyItem } from '../components/lists/SteadyItem.tsx';
import { TableRows } from '../components/lists/TableRows.tsx';
import { imageMarks } from '../components/marks.ts';
import { StateLabel } from '../components/StateLabel.tsx';
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
const LAYOUT = { rowHeight: 48, headingHeight: 29 };

export interface ImageTableProps {
  images: readonly Image[];
  sort: ImageSort;
  onSort: (sort: ImageSort) => void;
}

export const ImageTable = observer(function ImageTable({ images, sort, onSort }: ImageTableProps) {
  const { view } = useStores();
  const t = useWords();
  const isLong = useIsLong(images.length);
  return (
    <div className="table-frame">
      <LongCollection isLong={isLong} layout={RowLayout} layoutOptions={LAYOUT}>
        <Table
          data-long={isLong || undefined}
          aria-label={t('images.title')}
          className="table image-table"
          onRowAction={(key) => view.open({ kind: 'imageDetails', name: String(key) })}
          sortDescriptor={{ column: sort.column, direction: sort.descending ? 'descending' : 'ascending' }}
          onSortChange={({ column, direction }) =>
            onSort({ column: column as ImageColumn, descending: direction === 'descending' })
          }
        >
          <TableHeader>
            {columns.map((id) => (
              <Column key={id} id={id} {...widths[id]} className="column" isRowHeader={id === 'name'} allowsSorting>
                {({ sortDirection }) => (
                  <>
                    {t(`images.columns.${id}`)}
                    {sortDirection !== undefined && (
                      <span aria-hidden="true">{sortDirection === 'ascending' ? ' ↑' : ' ↓'}</span>
                    )}
                  </>
                )}
              </Column>
            ))}
            <Column className="column" width={170} minWidth={170}>
              <span className="visually-hidden">{t('common.more')}</span>
            </Column>
          </TableHeader>
          <TableRows items={images.map((image) => rowOf(image))}>{({ image }) => <ImageRow image={image} />}</TableRows>
        </Table>
      </LongCollection>
    </div>
  );
});

const rows = new WeakMap<Image, { id: string; image: Image }>();

/** The same for the same image, so that the table makes only those rows anew that changed. */
function rowOf(image: Image): { id: string; image: Image } {
  const row = rows.get(image) ?? { id: image.name, image };
  rows.set(image, row);
  return row;
}

/** What operations change stands in a component of its own: a row is made for each image, drawn or not. */
function ImageRow({ image }: { image: Image }) {
  const t = useWords();
  const format = useFormat();
  return (
    <Row id={image.name} className="row" textValue={image.name}>
      <Cell>
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
      </Cell>
      <Cell>{t(`images.kinds.${imageKind(image)}`)}</Cell>
      <Cell>
        <StateLabel mark={imageMarks[image.state]} word={t(`common.states.${image.state}`)} />
      </Cell>
      <Cell className="number">{image.sizeBytes > 0 ? format.bytes(image.sizeBytes) : ''}</Cell>
      <Cell className="number">{image.minMemoryMiB > 0 ? format.mebibytes(image.minMemoryMiB) : ''}</Cell>
      <Cell>{image.owner ?? <span className="muted">{t('images.ofHost')}</span>}</Cell>
      <Cell>
        <SteadyItem>
          <span className="image-verbs">
            <BuildImageButton image={image} />
            <ImageMenu image={image} />
          </span>
        </SteadyItem>
      </Cell>
    </Row>
  );
}

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
