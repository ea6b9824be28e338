// What nobody looks at first, such as the buttons that lie over a card under the pointer: it is made after what can be seen, in pieces between
// frames, so that many cards that scroll into sight are there at once. Its place must not depend on it.
import { type ReactNode, useDeferredValue } from 'react';

export function Later({ children }: { children: ReactNode }) {
  return useDeferredValue(true, false) ? children : null;
}
