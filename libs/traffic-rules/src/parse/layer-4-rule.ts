import type { Layer4Destination, TcpRule, TlsRule } from '../resources/virtual-service.js';
import { ignoredByIstio, list, map, mapped, message } from './decode.js';
import type { Decoder } from './decoder.js';
import { destination } from './destination.js';
import { int32, string, text, uint32 } from './scalar.js';

const weighted: Decoder<Layer4Destination> = mapped(
  message({ destination, weight: int32('weight: 90') }),
  (decoded) => ({
    ...decoded,
    destination: decoded.destination ?? { host: '' },
  }),
);

const layer4Match = {
  destinationSubnets: list(string),
  port: uint32('8443'),
  sourceLabels: map(string),
  gateways: list(string),
  sourceNamespace: text,
};

const tlsMatch = mapped(message({ ...layer4Match, sniHosts: list(string) }), (decoded) => ({
  ...decoded,
  sniHosts: decoded.sniHosts ?? [],
  destinationSubnets: decoded.destinationSubnets ?? [],
  sourceLabels: decoded.sourceLabels ?? {},
  gateways: decoded.gateways ?? [],
}));

const tcpMatch = mapped(message({ ...layer4Match, sourceSubnet: ignoredByIstio(text) }), (decoded) => ({
  ...decoded,
  destinationSubnets: decoded.destinationSubnets ?? [],
  sourceLabels: decoded.sourceLabels ?? {},
  gateways: decoded.gateways ?? [],
}));

export const tlsRoute: Decoder<TlsRule> = mapped(
  message({ match: list(tlsMatch), route: list(weighted) }),
  (decoded) => ({
    match: decoded.match ?? [],
    route: decoded.route ?? [],
  }),
);

export const tcpRoute: Decoder<TcpRule> = mapped(
  message({ match: list(tcpMatch), route: list(weighted) }),
  (decoded) => ({
    match: decoded.match ?? [],
    route: decoded.route ?? [],
  }),
);
