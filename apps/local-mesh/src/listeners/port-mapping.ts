import { isIP } from 'node:net';

interface LocalPort {
  /** Undefined: where the proxy itself listens. */
  address: string | undefined;
  /** 0: any free one. */
  port: number;
}

/** `--listen [ADDRESS:]PORT=SERVICE:PORT`: a port of this machine that stands for one of a service. */
export interface ServiceMapping extends LocalPort {
  service: { host: string; port: number };
}

/** `--listen [ADDRESS:]PORT=PORT`: one that stands for a port of the gateway that the mesh stands for. */
export interface GatewayMapping extends LocalPort {
  gatewayPort: number;
}

export type PortMapping = ServiceMapping | GatewayMapping;

const form =
  '[ADDRESS:]PORT=SERVICE:PORT, for instance 5432=db.shop:5432 or 127.0.0.1:9000=greeter.shop:50051';
const serviceHost = /^(?:[a-z0-9_](?:[-a-z0-9_.]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\])$/i;

/** @throws RangeError that says what to write */
export function parsePortMapping(text: string): PortMapping {
  const [here, there, ...more] = text.split('=');
  if (here === undefined || there === undefined || more.length > 0)
    throw new RangeError(`${text} is not ${form}.`);
  const port = /^\d{1,5}$/.test(there) ? Number(there) : 0;
  if (port > 0 && port <= 65_535) return { ...parseHere(here, text), gatewayPort: port };
  return { ...parseHere(here, text), service: parseService(there, here) };
}

function parseHere(here: string, text: string): LocalPort {
  const [, bracketed, plain, digits = ''] = /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d{1,5})$/.exec(here) ?? [];
  const address = plain === 'localhost' ? '127.0.0.1' : (bracketed ?? plain);
  if (digits === '' || Number(digits) > 65_535) throw new RangeError(`${text} is not ${form}.`);
  if (address !== undefined && isIP(address) === 0)
    throw new RangeError(`${address} is not an IP address of this machine; write ${form}.`);
  return { address, port: Number(digits) };
}

function parseService(there: string, here: string): ServiceMapping['service'] {
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)/i.exec(there);
  if (url !== null)
    throw new RangeError(`${there} is a URL; write the service's host and port alone: ${here}=${url[1]}.`);
  const [, host = '', digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(there) ?? [];
  if (digits === undefined && serviceHost.test(host))
    throw new RangeError(
      `${there} has no port; write which of the service's ports is meant: ${here}=${there}:80.`,
    );
  const port = Number(digits);
  if (!serviceHost.test(host) || port < 1 || port > 65_535)
    throw new RangeError(`${there || 'nothing'} is not SERVICE:PORT; write ${form}.`);
  return { host: host.replace(/^\[(.*)\]$/, '$1').toLowerCase(), port };
}
