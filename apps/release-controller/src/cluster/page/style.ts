import { Html } from './html.js';

/** For both pages; light and dark as the reader's system has it. */
export const style = new Html(`
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
section { overflow-x: auto; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .35rem .6rem; text-align: left; vertical-align: top; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.phase { border-radius: .3rem; border: 1px solid currentColor; padding: .1rem .5rem; }
.healthy { color: light-dark(#0a6b2d, #5bd68a); }
.progressing { color: light-dark(#0b57b0, #7db5ff); }
.paused { color: light-dark(#8a5a00, #f0b64a); }
.degraded { color: light-dark(#b3261e, #ff8a80); }
tr.ahead { opacity: .6; }
tr.current { font-weight: 600; }
`);
