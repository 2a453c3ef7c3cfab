import type {
  Layer4Destination,
  Layer4Match,
  TcpMatch,
  TcpRule,
  TlsMatch,
  TlsRule,
} from '../resources/virtual-service.js';
import { type FieldsOf, ignoredByIstio, list, map, messageOf, type UnwrittenOf } from './decode.js';
import { destination, nowhere } from './destination.js';
import { int32, string, text, writtenPort } from './scalar.js';

const route = list(
  messageOf<Layer4Destination>({ destination, weight: int32('weight: 90') }, { destination: nowhere }),
);

const fields: FieldsOf<Layer4Match> = {
  destinationSubnets: list(string),
  port: writtenPort('8443'),
  sourceLabels: map(string),
  gateways: list(string),
  sourceNamespace: text,
};

const unwritten: UnwrittenOf<Layer4Match> = { destinationSubnets: [], sourceLabels: {}, gateways: [] };

const tlsMatch = messageOf<TlsMatch>({ ...fields, sniHosts: list(string) }, { ...unwritten, sniHosts: [] });

const tcpMatch = messageOf<TcpMatch>({ ...fields, sourceSubnet: ignoredByIstio(text) }, unwritten);

export const tlsRoute = messageOf<TlsRule>({ match: list(tlsMatch), route }, { match: [], route: [] });

export const tcpRoute = messageOf<TcpRule>({ match: list(tcpMatch), route }, { match: [], route: [] });
