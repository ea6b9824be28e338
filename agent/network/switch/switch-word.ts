// The first argument of the process of an agent’s switches; the second is its folder.
export const SWITCH_WORD = 'network-switch';
