/** Twelve headers that an application may pass on: those of tracing, and the user. */
export const HEADERS: Readonly<Record<string, string>> = {
  'x-request-id': '6f1f0a4e-5b0c-4f0e-9d3c-0a0b0c0d0e0f',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'rojo=00f067aa0ba902b7',
  baggage: 'tenant=acme,region=eu-west-1',
  b3: '80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90',
  'x-b3-traceid': '80f198ee56343ba864fe8b2a57d3eff7',
  'x-b3-spanid': 'e457b5a2e4d86bd1',
  'x-b3-parentspanid': '05e3ac9a4f6e3b90',
  'x-b3-sampled': '1',
  'x-b3-flags': '0',
  'x-ot-span-context': 'abc',
  user: 'test',
};
