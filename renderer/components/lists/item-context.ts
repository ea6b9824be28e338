// Whether something stands in an item of a react-aria list, where a button is drawn without the contexts of the list (ListedButton.tsx).
import { createContext } from 'react';

export const InItemContext = createContext(false);
