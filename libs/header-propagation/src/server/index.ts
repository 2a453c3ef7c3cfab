export { captureFastify, type FastifyLike } from './fastify.js';
export { captureMiddleware } from './middleware.js';
