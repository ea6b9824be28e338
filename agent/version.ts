// The version of the agent: what it tells clients, what its backups and its manual page name.
export const AGENT_VERSION = '0.1.0';
