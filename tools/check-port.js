// check-port.js NAME PORT...: fails with one clear line when a port that NAME needs is taken.
import { once } from 'node:events';
import { createServer } from 'node:net';

const [name, ...ports] = process.argv.slice(2);
for (const port of ports.map(Number)) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    server.close();
  } catch (error) {
    const why =
      error.code === 'EADDRINUSE'
        ? 'is taken by another process; end that one first'
        : `cannot be used: ${error.message}`;
    console.error(`${name}: port ${port} ${why}.`);
    process.exitCode = 1;
  }
}
