// The flags of the private agent that the desktop and `npm start` start: networks as root's rights allow, for this host alone, and
// undone at its end; what is deleted can be restored for a day (decision 0120).
export const PRIVATE_AGENT_FLAGS: readonly string[] = ['--undo-network', '--only-this-host', '--keep-deleted=86400'];
