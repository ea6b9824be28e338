#!/usr/bin/env node
// Entry of the `tt-agent` command.
import { launch } from '../../client/node/launch.mjs';

await launch('tt-agent', 'agent');
