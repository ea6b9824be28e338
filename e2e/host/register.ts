// Loaded before the desktop's main (`node --import`): lets `electron` mean e2e/host/electron, for import and require alike.
import { registerHooks } from 'node:module';

const standIn = new URL('./electron/index.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'electron') return { url: standIn, shortCircuit: true };
    if (specifier.startsWith('electron/')) throw new Error(`${specifier} is not modelled by the test host`);
    return nextResolve(specifier, context);
  },
});
