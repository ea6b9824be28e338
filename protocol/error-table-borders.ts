// The part of the error table about authentication, permissions, and links between the parts of TT. See error-table.ts.
import { z } from 'zod';
import { count, entry, foreignText, lines, openTerm, reasonSchema, term, text } from './error-entry.ts';

export const borderErrors = {
  // Borders
  INPUT_INVALID: entry(400, 'The request is not valid.', 'Correct the named fields and send it again.', {
    summary: foreignText,
    issues: z.array(z.object({ path: text, message: foreignText })),
  }),
  COMMAND_LINE_INVALID: entry(
    400,
    'The command line is wrong.',
    'See "{help}" for the commands, options and examples.',
    { problem: foreignText, help: text, suggestions: lines },
  ),
  JSON_INVALID: entry(400, 'The body is not valid JSON.', 'Send valid JSON with Content-Type: application/json.', {}),
  BODY_TOO_LARGE: entry(413, 'The body is larger than {limitBytes} bytes.', 'Send less in one request.', {
    limitBytes: count,
  }),
  ROUTE_NOT_FOUND: entry(404, 'There is no {method} {path} here.', 'See /api/openapi.json for the available routes.', {
    method: text,
    path: text,
  }),
  URL_NOT_NORMAL: entry(
    400,
    'The URL {url} is not in its normal form.',
    'Send only the path, without “.”, “..”, empty parts or “#”. Encode only what must be encoded, with upper-case digits.',
    { url: text },
  ),
  UNAUTHORIZED: entry(
    401,
    'A valid access token is needed.',
    'Use the token from the agent’s state folder, or open a fresh link with "npx tt open".',
    {},
  ),
  ORIGIN_REFUSED: entry(
    403,
    'Requests from {origin} are refused.',
    'Open the window at the address the agent printed.',
    {
      origin: text,
    },
  ),
  GUEST_REFUSED: entry(
    403,
    'Guests of this host may not connect to its agent.',
    'Use TT from the host or from another computer.',
    {},
  ),
  DETAILS_PRIVATE: entry(
    403,
    'It failed with {failedWith}. Only its owner and administrators can see the details.',
    'Ask one of them.',
    { failedWith: text },
  ),
  TICKET_INVALID: entry(
    403,
    'The stream ticket is unknown, used or too old.',
    'Each attempt needs a ticket of its own: open the console, or begin the transfer, once more.',
    {},
  ),
  JOIN_CODE_INVALID: entry(403, 'This link has been used or is too old.', 'Run "npx tt open" to get a new link.', {}),
  JOIN_TOO_OFTEN: entry(
    429,
    'Too many wrong codes or tokens came from this address.',
    'Wait {retryAfterS} s, or run "npx tt open" to get a new link.',
    { retryAfterS: count },
  ),
  LOGIN_NOT_FOUND: entry(
    404,
    'There is no browser session {sessionId}.',
    'Run "npx tt session list" to see the existing ones.',
    { sessionId: text },
  ),
  FEATURE_UNSUPPORTED: entry(422, '{where} has no {feature}.', 'Choose another image, engine or host.', {
    feature: openTerm('feature'),
    where: text,
  }),
  INTERNAL: entry(
    500,
    'Something failed inside TT (request {requestId}).',
    'Look for this request id in the agent’s log and report it.',
    {
      requestId: text,
    },
  ),
  // Links
  AGENT_UNREACHABLE: entry(
    503,
    'No agent answers at {url}.',
    'Check that it runs and that the address is right, then try again.',
    { url: text },
  ),
  AGENT_GONE: entry(
    502,
    'The connection to the agent was lost during {call}.',
    'Check whether it was done before you repeat it; TT does not repeat calls automatically.',
    { call: text },
  ),
  AGENT_SILENT: entry(
    504,
    'The agent did not answer within {seconds} s.',
    'Its host may be busy, or the network slow. TT goes on asking.',
    { seconds: count },
  ),
  AGENT_NOT_RUNNING: entry(
    503,
    'No private agent is running for {stateDirectory}.',
    'Start it with "npm start" (or "npx tt-agent"), or select a server with "tt config".',
    { stateDirectory: text },
  ),
  AGENT_STILL_RUNNING: entry(
    504,
    'The agent (process {pid}) was told to end {seconds} s ago but is still running.',
    'Its log shows what it is waiting for; "kill -9 {pid}" ends it immediately.',
    { pid: count, seconds: count },
  ),
  AGENT_NOT_PROVEN: entry(
    502,
    'The program at {url} did not prove that it is the agent, so the token was not sent.',
    'Find out which program listens there; start the agent again if it is an older one or has ended.',
    { url: text },
  ),
  SOCKET_UNSAFE: entry(
    502,
    'Others than its owner can write to the folder of {file}, so anybody could listen there in place of the agent. Nothing was sent.',
    'Put the socket of the agent (listen.socketFile) into a folder that only its owner can write to.',
    { file: text },
  ),
  SOCKET_NOT_PERMITTED: entry(
    403,
    'You have no permission to use the socket {file}.',
    'Ask the administrator of this computer to put you into its group (listen.socketGroup), then log in again.',
    { file: text },
  ),
  LINK_NEEDS_ADDRESS: entry(
    422,
    'A link needs an address that others can open, and {url} is a socket of one computer.',
    'Use "tt-agent invite" on that computer, or select the server by its address with "tt config".',
    { url: text },
  ),
  TLS_REQUIRED: entry(
    426,
    'Only connections that stay on one computer may be without encryption, and {url} is another one or wants TLS.',
    'Use its HTTPS address.',
    { url: text },
  ),
  TLS_EXPECTED: entry(
    502,
    'What answers at {url} does not speak TLS.',
    'Check the address and the port. An agent at a loopback address usually speaks plain HTTP.',
    { url: text },
  ),
  SERVER_NOT_TRUSTED: entry(
    502,
    'The server at {url} is not known yet. The SHA-256 of its certificate authority is {fingerprint}.',
    'Compare this fingerprint with the one that its administrator sees in "tt status" there. Connect with it only if both are the same.',
    { url: text, fingerprint: text },
  ),
  SERVER_IDENTITY_WRONG: entry(
    502,
    'The server at {url} is not the one you have trusted: its certificate authority has the SHA-256 {presented}, expected was {expected}. Nothing was sent to it.',
    'Ask its administrator whether it was set up anew. If so, use a new join link, or give the new fingerprint; if not, somebody is between you and the server.',
    { url: text, expected: text, presented: text },
  ),
  CERTIFICATE_EXPIRED: entry(
    502,
    'The certificate of the server at {url} ended at {validTo}, {days} days before the time of this computer, {clock}.',
    'If the time of this computer is right, the administrator of the server must renew its certificate.',
    { url: text, validTo: text, clock: text, days: count },
  ),
  CERTIFICATE_NOT_YET_VALID: entry(
    502,
    'The certificate of the server at {url} begins at {validFrom}, {days} days after the time of this computer, {clock}.',
    'Set the clock of this computer. If it is right, the clock of the server is wrong.',
    { url: text, validFrom: text, clock: text, days: count },
  ),
  AGENT_ALREADY_RUNNING: entry(
    409,
    'Another agent (process {pid}) already uses {stateDirectory}.',
    'Use that one, end it first, or set TT_HOME to another folder.',
    { pid: count, stateDirectory: text },
  ),
  STATE_UNUSABLE: entry(
    422,
    'TT can’t keep its state in {folder}: {reason}.',
    'Set TT_HOME (or --home of tt-agent) to another folder, or fix this one.',
    { folder: text, reason: reasonSchema },
  ),
  LISTEN_FAILED: entry(
    409,
    'Can’t listen on port {port} of {host}: {reason}.',
    'Choose another port (--serv-port of tt-agent, --proxy-port of tt-proxy, "npm start -- --port N"), or end the program that uses it.',
    { host: text, port: count, reason: reasonSchema },
  ),
  STATE_OTHER_DRIVERS: entry(
    409,
    'The machines in {stateDirectory} are {held}, but this agent runs the other kind.',
    'Set TT_HOME to another folder: real and fake machines never share one.',
    { stateDirectory: text, held: term('drivers') },
  ),
  STATE_TOO_NEW: entry(
    500,
    'The state in {stateDirectory} was written by a newer TT (schema {found}, this one knows {known}).',
    'Install that newer TT again, or set TT_HOME to another folder.',
    { stateDirectory: text, found: count, known: count },
  ),
  STATE_NO_SPACE: entry(
    507,
    'There is not enough space to migrate the state in {stateDirectory}: {freeMiB} MiB free, {wantedMiB} MiB needed.',
    'Free some space on that file system and start the agent again.',
    { stateDirectory: text, freeMiB: count, wantedMiB: count },
  ),
} as const;
