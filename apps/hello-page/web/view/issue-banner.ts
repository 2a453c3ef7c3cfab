import type { Messages } from '../i18n/messages.js';
import { placeText } from '../mesh/decision-event.js';
import type { RuleIssue, RulesState } from '../mesh/mesh-client.js';
import { create } from './elements.js';

/** More problems than these are counted, not listed. */
const listed = 20;

/** The banner of problems in the rules' files; it is there only while there are any. */
export class IssueBanner {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show({ issues, refused }: Pick<RulesState, 'issues' | 'refused'>, messages: Messages): void {
    const errors = issues.filter(({ severity }) => severity === 'error');
    const warnings = issues.filter(({ severity }) => severity === 'warning');
    this.#element.hidden = errors.length + warnings.length === 0;
    this.#element.classList.toggle('has-errors', errors.length > 0);
    // Errors interrupt a screen reader, warnings wait.
    this.#element.setAttribute('role', errors.length > 0 ? 'alert' : 'region');
    const title = create('p');
    title.append(create('strong', '', messages.issueTitle(errors.length, warnings.length)));
    if (refused) title.append(` ${messages.oldRulesStay}`);
    const list = create('ul');
    list.append(...[...errors, ...warnings].slice(0, listed).map(issueItem));
    this.#element.replaceChildren(title, list);
  }
}

function issueItem({ place, message }: RuleIssue): HTMLElement {
  const item = create('li');
  item.append(create('code', '', placeText(place)), ' ', message);
  return item;
}
