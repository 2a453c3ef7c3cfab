import type { VirtualServiceSpec } from '../resources/virtual-service.js';
import { list, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { httpRoute } from './http-rule.js';
import { tcpRoute, tlsRoute } from './layer-4-rule.js';
import { string } from './scalar.js';

const spec = message({
  hosts: list(string),
  gateways: list(string),
  http: list(httpRoute),
  tls: list(tlsRoute),
  tcp: list(tcpRoute),
  exportTo: list(string),
});

export const virtualServiceSpec: Decoder<VirtualServiceSpec> = mapped(spec, (decoded) => ({
  hosts: decoded.hosts ?? [],
  gateways: decoded.gateways ?? [],
  exportTo: decoded.exportTo ?? [],
  http: decoded.http ?? [],
  tls: decoded.tls ?? [],
  tcp: decoded.tcp ?? [],
}));
