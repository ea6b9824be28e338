// What is made a frame after what stands around it, so that a page opens in pieces, none of which holds up the window for long. Unlike what
// may come later (Later.tsx) it does not wait until nothing else changes: while a thousand machines are made, something always does.
import { type ReactNode, useEffect, useState } from 'react';
import { browserFrames } from './frames.ts';

export function NextFrame({ children }: { children: ReactNode }) {
  const [isDue, setDue] = useState(false);
  useEffect(() => browserFrames(() => setDue(true)), []);
  return isDue ? children : null;
}
