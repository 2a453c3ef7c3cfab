// One contestant in a process of its own: `node server.ts upstream|bare|undici|axios-http [UPSTREAM_PORT]`. Prints its port.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createService } from '@grayscale/service-runtime';
import { HttpService } from '@nestjs/axios';
import { AppModule } from 'hello-page/app.module';
import { helloPageSettings } from 'hello-page/settings';
import { Pool } from 'undici';

const [variant = '', upstreamPort = '0'] = process.argv.slice(2);

/** The least that does the job: no framework, no logs, no metrics, no checks. */
function bare(): RequestListener {
  const pool = new Pool(`http://127.0.0.1:${upstreamPort}`);
  return async (request, response) => {
    const name = new URL(request.url ?? '/', 'http://page').searchParams.get('name');
    const answer = await pool.request({ path: '/hello', method: 'GET', headers: name ? { user: name } : {} });
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(await answer.body.text());
  };
}

function listen(listener: RequestListener): void {
  const server = createServer(listener).listen(0, '127.0.0.1', () => {
    console.log((server.address() as AddressInfo).port);
  });
}

/**
 * hello-page as it is shipped, with its own adapter or that of axios. Without the request log unless `REQUEST_LOG` asks
 * for it: bare node:http writes none either.
 */
async function page(adapter: 'undici' | 'http'): Promise<void> {
  const { REQUEST_LOG = 'none' } = process.env;
  const environment = {
    NODE_ENV: 'production',
    HELLO_SERVICE: '127.0.0.1',
    HELLO_PORT: upstreamPort,
    REQUEST_LOG,
  };
  const options = { name: 'hello-page', defaultPort: 0, settings: helloPageSettings, environment };
  const { app } = await createService(AppModule, options);
  if (adapter === 'http') {
    const { defaults } = app.get(HttpService, { strict: false }).axiosRef;
    Object.assign(defaults, { adapter, responseType: 'arraybuffer' });
  }
  await app.listen(0, '127.0.0.1');
  console.log(new URL(await app.getUrl()).port);
}

if (variant === 'upstream') {
  listen((_request, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello 1'));
} else if (variant === 'bare') listen(bare());
else await page(variant === 'undici' ? 'undici' : 'http');
