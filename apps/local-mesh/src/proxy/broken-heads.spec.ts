import {
  flags,
  frame,
  frameType,
  headerBlock,
  headersFrame,
  preface,
  settingsFrame,
} from '../../test/http2-frames.js';
import { RawClient } from '../../test/raw-client.js';
import { RawServer } from '../../test/raw-server.js';
import { http2Upgrade, rulesText } from '../../test/rules.js';
import { CollectingMesh } from '../testing/collecting-mesh.js';
import { RuleFile } from '../testing/manifests.js';

const rounds = 3;
/** Nothing but its continuation may follow. */
const half = (fields: readonly string[]) => frame(frameType.headers, flags.none, 1, headerBlock(fields));
const data = frame(frameType.data, flags.none, 1, Buffer.from('x'));
const notHpack = frame(frameType.continuation, flags.endHeaders, 1, Buffer.from('ff8001', 'hex'));
const request = [':method', 'POST', ':scheme', 'http', ':authority', 'back.ext', ':path', '/'];
const answer = [':status', '200'];
const field = ['x-half', 'a head'];

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux(
  'a head that breaks off, with garbage collected before the stream is gone, does not end the process',
  () => {
    let server: RawServer;
    let rules: RuleFile;
    let collecting: CollectingMesh;

    beforeEach(async () => {
      server = await new RawServer(() => {}).listen();
      rules = await RuleFile.with(rulesText([server.port], '', http2Upgrade));
      collecting = await CollectingMesh.listening('-f', rules.path, '--access-log', 'off');
    });

    afterEach(async () => {
      await collecting[Symbol.asyncDispose]();
      await rules[Symbol.asyncDispose]();
      await server.stop();
    });

    it.each([
      ['of an answer', [half([...answer, ...field]), data]],
      ['of an answer, by what is not HPACK', [half([...answer, ...field]), notHpack]],
      ['of trailers', [headersFrame(1, answer, false), half(field), data]],
    ])(
      'of a server: %s',
      async (_what, frames) => {
        for (let round = 0; round < rounds; round++) {
          const asked = new Promise<void>((resolve) =>
            server.onData((socket, received) => {
              if (received.startsWith('PRI')) socket.write(settingsFrame());
              // What acknowledges these settings: the request went before it.
              else resolve();
            }),
          );
          const client = new RawClient(collecting.port).send('GET / HTTP/1.1\r\nHost: back.ext\r\n\r\n');
          await asked;
          await collecting.collectAfter(() => server.sockets.at(-1)?.write(Buffer.concat(frames)));
          await client.saw('HTTP/1.1');
          expect(collecting.mesh.messages).not.toContain('Assertion');
          client.close();
        }
      },
      60_000,
    );

    it.each([
      ['of a request', [half([...request, ...field]), data]],
      ['of trailers', [headersFrame(1, request, false), half(field), data]],
    ])(
      'of a client: %s',
      async (_what, frames) => {
        for (let round = 0; round < rounds; round++) {
          const client = new RawClient(collecting.port);
          client.socket.write(Buffer.concat([preface, settingsFrame()]));
          await client.until((received) => received.length > 0);
          await collecting.collectAfter(() => client.socket.write(Buffer.concat(frames)));
          await client.untilClosed();
          expect(collecting.mesh.messages).not.toContain('Assertion');
        }
      },
      60_000,
    );
  },
);
