// Refuses wrong options of `./strata up` before anything is installed or built.
import { main } from './installation.mjs';
import { readUpOptions } from './up-options.mjs';

await main(() => void readUpOptions());
