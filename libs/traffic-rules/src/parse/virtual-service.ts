import type { VirtualServiceSpec } from '../resources/virtual-service.js';
import { list, messageOf } from './decode.js';
import { httpRoute } from './http-rule.js';
import { tcpRoute, tlsRoute } from './layer-4-rule.js';
import { string } from './scalar.js';

export const virtualServiceSpec = messageOf<VirtualServiceSpec>(
  {
    hosts: list(string),
    gateways: list(string),
    http: list(httpRoute),
    tls: list(tlsRoute),
    tcp: list(tcpRoute),
    exportTo: list(string),
  },
  { hosts: [], gateways: [], http: [], tls: [], tcp: [], exportTo: [] },
);
