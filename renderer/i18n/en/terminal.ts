// Words of the page of a terminal.
export const terminal = {
  title: 'Terminal',
  screen: 'Screen of {{name}}',
  connecting: 'Connecting…',
  starting: 'Your machine is starting',
  startingHint: 'It appears here automatically.',
  stopped: 'Your machine is switched off',
  stoppedHint: 'It appears here again when somebody starts it.',
  noSession: 'No session for this seat yet',
  noSessionHint: 'Ask the person in charge of {{lab}} to start one; it then appears here automatically.',
  choose: 'What do you want to work with?',
  chooseHint: 'Everything you write is discarded at the end.',
  maintenance: '{{profile}} is being changed',
  maintenanceHint: 'It is available again when that is done.',
  refused: 'Unknown terminal',
  refusedHint:
    'Enter its secret, if it has one. Otherwise its name or address is wrong, or terminals are disabled in its lab.',
  secret: 'Secret of this terminal',
  useSecret: 'Connect',
  failed: 'No connection',
  again: 'TT retries automatically.',
  whoAmI: '{{terminal}} in {{lab}}',
} as const;
