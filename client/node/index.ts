// The part of the client package that needs Node: finding the private agent, and sockets that carry a header.
export { type ConnectOptions, connectNode, type NodeConnection, socketUrl } from './connect.ts';
export { type AgentFile, agentFileSchema, findPrivateAgent, type PrivateAgent, stateDirectory } from './home.ts';
export { readIfThere, readOrMakeToken, writePrivateFile } from './private-file.ts';
export { type ReadCall, type ReadOutput, readOnce } from './read-once.ts';
