// The plainest proxy of node:http and undici: no rules, no headers of its own, no metrics.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(`http://127.0.0.1:${process.argv[2]}`, { connections: 256 });

const server = createServer((request, response) => {
  const options = { method: request.method, path: request.url, headers: request.rawHeaders };
  pool.dispatch(options, {
    onRequestStart() {},
    onResponseStart: (_controller, status, headers) => response.writeHead(status, headers),
    onResponseData: (_controller, data) => response.write(data),
    onResponseEnd: () => response.end(),
    onResponseError: () => response.destroy(),
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
