// How a component tells a person why nothing happened: the window gives it a function that shows the sentence. A page without
// one (a terminal) has nothing that can be unavailable.
import { createContext } from 'react';

/** Shows one sentence, politely; the same one again is not shown twice. */
export const ExplainContext = createContext<(text: string) => void>(() => {});
