import { Forwarding } from '../forwarding.js';
import { replies } from '../local-reply.js';
import { clusterPlan, connectPlan, type Plan, passThroughPlan } from '../plan.js';
import type { Filter, Filtered, Running } from './filter.js';

/** The last filter: does what was decided. */
export const router: Filter = (filtered) => {
  const { decision, context, answer, outcome } = filtered;
  switch (decision.kind) {
    case 'forward':
      return forward(clusterPlan(context, decision), filtered);
    case 'pass-through':
      return forward(passThroughPlan(context, decision), filtered);
    case 'connect':
      return forward(connectPlan(context, decision), filtered);
    case 'redirect':
      answer.reply(replies.redirect(decision.status, decision.location), decision.responseHeaders);
      break;
    case 'direct-response':
      answer.reply(replies.direct(decision), decision.responseHeaders);
      break;
    case 'cluster-not-found':
      outcome.ledTo(decision.clusterName);
      answer.reply({ ...replies.noCluster, status: decision.status }, decision.responseHeaders);
      break;
    case 'bad-request':
      answer.reply({ ...replies.badRequest, body: decision.body }, []);
      break;
    case 'no-route':
      answer.reply(replies.noRoute, []);
      break;
    case 'blocked':
      outcome.ledTo('BlackHoleCluster');
      if (decision.through === 'http') answer.reply(replies.blocked, []);
      else answer.abort('blocked');
  }
  return undefined;
};

function forward(plan: Plan, { context, answer, outcome }: Filtered): Running {
  const forwarding = new Forwarding(context, plan, answer, outcome);
  forwarding.start();
  return forwarding;
}
