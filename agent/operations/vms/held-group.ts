// The control group of a process that stands aside while its memory is saved (decision 0121): what ends the VM does not end it. Memory
// that it had stays counted where it was (cgroups(7)).

export function heldGroupOf(vmId: string): string {
  return `${vmId}-held`;
}
