import { createService, SettingsError } from '@grayscale/service-runtime';
import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { clusterControllerSettings } from './settings.js';

@Module({})
class NothingModule {}

async function read(environment: Record<string, string>): Promise<ConfigService> {
  const options = {
    name: 'release-controller',
    defaultPort: 0,
    settings: clusterControllerSettings,
    environment,
  };
  const { app } = await createService(NothingModule, options);
  await app.close();
  return app.get(ConfigService);
}

describe('the settings of the controller in a cluster', () => {
  it('suit the addons of Istio, and all namespaces', async () => {
    const config = await read({});
    expect(config.get('PROMETHEUS')).toBe('http://prometheus.istio-system:9090');
    expect(config.get('NAMESPACES')).toBeUndefined();
  });

  it('take a Prometheus behind a door', async () => {
    const config = await read({
      PROMETHEUS: 'https://prometheus.example/prefix',
      PROMETHEUS_BEARER_TOKEN_FILE: import.meta.filename,
      PROMETHEUS_HEADERS: 'X-Scope-OrgID: shop; X-Time: 10:30;',
      NAMESPACES: 'shop, front-1',
    });
    expect(config.get('PROMETHEUS_HEADERS')).toEqual({ 'X-Scope-OrgID': 'shop', 'X-Time': '10:30' });
    expect(config.get('PROMETHEUS_BEARER_TOKEN_FILE')).toBe(import.meta.filename);
    expect(config.get('NAMESPACES')).toEqual(['shop', 'front-1']);
  });

  it('are refused together, each in words', async () => {
    const environment = {
      PROMETHEUS: 'prometheus:port',
      PROMETHEUS_CA_FILE: '/nowhere/ca.pem',
      PROMETHEUS_HEADERS: 'X-Scope-OrgID=shop',
      NAMESPACES: 'shop,,Front',
      LEASE_DURATION_MS: '5',
    };
    const error = await read(environment).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SettingsError);
    expect((error as SettingsError).problems.map((problem) => problem.split(' ')[0])).toEqual(
      expect.arrayContaining(Object.keys(environment)),
    );
    expect((error as SettingsError).message).toContain(
      'PROMETHEUS_CA_FILE is "/nowhere/ca.pem"; it must be the path of a file that can be read',
    );
  });
});
