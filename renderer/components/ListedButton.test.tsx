// A button of an item says the same as one elsewhere, and is not of react-aria's making.
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ListedButton, type ListedButtonProps } from './ListedButton.tsx';
import { InItemContext } from './lists/item-context.ts';

/** `data-rac` marks what react-aria made itself; a busy one also names a bar of react-aria’s, which no button of ours has in it. */
const attributesOf = (markup: string) =>
  [...markup.matchAll(/ (?!data-rac|aria-labelledby)((?:aria|data|type|class)[\w-]*)="([^"]*)"/g)]
    .map(([all]) => all)
    .toSorted();

function drawn(isInItem: boolean, props: Partial<ListedButtonProps>): string {
  return renderToStaticMarkup(
    <InItemContext.Provider value={isInItem}>
      <ListedButton className="button" aria-label="Pause web-1" data-kind="quiet" {...props}>
        II
      </ListedButton>
    </InItemContext.Provider>,
  );
}

test.for([{}, { isPending: true }, { 'aria-disabled': true, 'data-unavailable': true }])(
  'with %j it has the same attributes in an item as elsewhere',
  (props) => {
    const [inItem, elsewhere] = [drawn(true, props), drawn(false, props)];
    expect(attributesOf(inItem)).toEqual(attributesOf(elsewhere));
    expect(inItem).toContain('>II</button>');
    expect([inItem, elsewhere].map((markup) => markup.includes('data-rac'))).toEqual([false, true]);
  },
);
