// react-aria keeps a key that a field listens to from everything around the field. What a field looks at it need not take: Esc closes the
// dialog, Ctrl-K opens the palette.
import type { KeyboardEvent } from 'react-aria-components';

/** As `listen`; the key goes on to what is around the field, unless `listen` prevents its default. */
export function passedOn(listen: (event: KeyboardEvent) => void): (event: KeyboardEvent) => void {
  return (event) => {
    listen(event);
    if (!event.isDefaultPrevented()) event.continuePropagation();
  };
}
