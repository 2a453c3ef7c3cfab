/** English first: it is what a client gets that names none of them. */
const texts = {
  en: `hello-page: asks a service whose new version is being released a little at a time, and says who answered.

  curl 'http://ADDRESS/page'            ask as nobody: no user header is sent on
  curl 'http://ADDRESS/page?name=test'  ask as test: the header "user: test" is sent on

Who answers how often, in 100 requests:

  for i in $(seq 100); do curl -s 'http://ADDRESS/page'; echo; done | sort | uniq -c

In a browser, http://ADDRESS/ shows it live.
Health: /livez, /readyz. Metrics: /metrics.
`,
  zh: `hello-page：向一个正在灰度发布新版本的服务发请求，并说出是谁应答的。

  curl 'http://ADDRESS/page'            不报名字：不转发 user 请求头
  curl 'http://ADDRESS/page?name=test'  以 test 的名义：转发请求头 "user: test"

一百次请求中，各版本应答了多少次：

  for i in $(seq 100); do curl -s 'http://ADDRESS/page'; echo; done | sort | uniq -c

用浏览器打开 http://ADDRESS/ 可以实时看到。
健康检查：/livez、/readyz。指标：/metrics。
`,
};

export type UsageLanguage = keyof typeof texts;

export const usageLanguages = Object.keys(texts) as readonly UsageLanguage[];

/** What `curl http://ADDRESS/` prints: the page's worth of facts for someone who reads text. */
export function usageText(address: string, language: UsageLanguage = 'en'): string {
  return texts[language].replaceAll('ADDRESS', address);
}
