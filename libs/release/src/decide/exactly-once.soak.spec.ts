// The same properties over a hundred times as many runs: the file reads which suite it is in.
import './exactly-once.spec.js';
