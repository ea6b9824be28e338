// How components reach the stores.
import { createContext, useContext } from 'react';
import type { Stores } from './stores.ts';

export const StoresContext = createContext<Stores | null>(null);

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error('useStores() needs a StoresContext around it');
  return stores;
}
