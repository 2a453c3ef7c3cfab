import type { HttpDirectResponse, HttpRedirect, HttpRewrite } from '../resources/virtual-service.js';
import { mapped, message, messageOf } from './decode.js';
import type { Decoder } from './decoder.js';
import { bytes, choice, string, text, uint32 } from './scalar.js';

const redirectFields = message({
  uri: text,
  prefixRewrite: text,
  authority: text,
  port: uint32('8443'),
  derivePort: choice(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT']),
  scheme: text,
  redirectCode: uint32('302'),
});

export const redirect: Decoder<HttpRedirect> = mapped(
  redirectFields,
  ({ redirectCode, port, derivePort, ...decoded }) => {
    const ports = {
      ...(port === undefined ? {} : { port }),
      ...(derivePort === undefined ? {} : { derivePort }),
    };
    return {
      ...decoded,
      ...(derivePort === undefined ? ports : { derivePort }),
      ...(redirectCode ? { redirectCode } : {}),
    };
  },
);

const body = mapped(message({ string, bytes }), (decoded): HttpDirectResponse['body'] => {
  if (decoded.bytes !== undefined) return { kind: 'bytes', value: decoded.bytes };
  return decoded.string === undefined ? undefined : { kind: 'string', value: decoded.string };
});

export const directResponse: Decoder<HttpDirectResponse> = mapped(
  message({ status: uint32('503'), body }),
  ({ status, body: content }) => ({
    status: status ?? 0,
    ...(content === undefined ? {} : { body: content }),
  }),
);

const uriRegexRewrite = messageOf<NonNullable<HttpRewrite['uriRegexRewrite']>>(
  { match: string, rewrite: string },
  { match: '', rewrite: '' },
);

export const rewrite = messageOf<HttpRewrite>({ uri: text, authority: text, uriRegexRewrite }, {});
