// A backend in HTTP/2 that costs next to nothing: it looks at frames' heads alone and answers each request with the same bytes.
import { createServer } from 'node:net';

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
const frameHead = 9;
const type = { data: 0, headers: 1, settings: 4, ping: 6 };
const flag = { ack: 1, endStream: 1, endHeaders: 4 };

const body = Buffer.from('hello 1');
// RFC 7541: `:status 200` and the name `content-type` are of the static table; nothing is put into the dynamic one.
const head = Buffer.concat([Buffer.from([0x88, 0x0f, 0x10, 10]), Buffer.from('text/plain')]);
/** Room for streams without end; both windows of what is received. */
const settings = frame(type.settings, 0, 0, Buffer.from([0, 3, 0, 0, 4, 0]));

/** @returns a frame of HTTP/2 (RFC 9113 4.1) */
function frame(kind, flags, stream, payload = Buffer.alloc(0)) {
  const bytes = Buffer.alloc(frameHead + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = kind;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, frameHead);
  return bytes;
}

const template = Buffer.concat([
  frame(type.headers, flag.endHeaders, 0, head),
  frame(type.data, flag.endStream, 0, body),
]);
const secondStreamAt = frameHead + head.length + 5;

/** These benchmarks' requests have no body: HEADERS end the stream. */
function answer(stream) {
  const bytes = Buffer.from(template);
  bytes.writeUInt32BE(stream, 5);
  bytes.writeUInt32BE(stream, secondStreamAt);
  return bytes;
}

function reply(kind, flags, stream, payload) {
  if (kind === type.headers) return answer(stream);
  if (kind === type.settings && !(flags & flag.ack)) return frame(type.settings, flag.ack, 0);
  if (kind === type.ping && !(flags & flag.ack)) return frame(type.ping, flag.ack, 0, payload);
  return undefined;
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.write(settings);
  let rest = Buffer.alloc(0);
  let skipped = false;
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    if (!skipped) {
      if (rest.length < preface) return;
      skipped = true;
      at = preface;
    }
    const replies = [];
    while (rest.length - at >= frameHead) {
      const end = at + frameHead + rest.readUIntBE(at, 3);
      if (end > rest.length) break;
      const one = reply(
        rest[at + 3],
        rest[at + 4],
        rest.readUInt32BE(at + 5),
        rest.subarray(at + frameHead, end),
      );
      if (one !== undefined) replies.push(one);
      at = end;
    }
    rest = rest.subarray(at);
    if (replies.length > 0) socket.write(Buffer.concat(replies));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
