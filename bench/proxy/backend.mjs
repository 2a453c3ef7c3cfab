// A backend that costs next to nothing: one answer, ready made, on raw sockets.
import { createServer } from 'node:net';

const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 7\r\n\r\nhello 1';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  // Every request of these benchmarks fits one read, and none is pipelined.
  socket.on('data', () => socket.write(answer, 'latin1'));
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
