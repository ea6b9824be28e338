#!/usr/bin/env node
// Entry of the `tt` command.
import { launch } from '../../client/node/launch.mjs';

await launch('tt', 'cli');
