import { NodeProcess } from '../../../../tools/node-process.js';

/** A service on a free port. @returns it and its URL */
export async function startService(
  app: string,
  environment: Record<string, string> = {},
  script = 'main.js',
): Promise<NodeProcess & { url: string }> {
  const env = { PORT: '0', HOST: '127.0.0.1', REQUEST_LOG: 'none', SHUTDOWN_DELAY_MS: '0', ...environment };
  const service = new NodeProcess(`apps/${app}/dist/${script}`, [], { env });
  const [, url = ''] = await service.said(/listens on (http:\S+)\s/);
  return Object.assign(service, { url });
}
