import { currentLanguage, languages, setLanguage, t, type Language } from "../../i18n";
import { toggleTheme, usePreference, type Theme } from "../../lib/preferences";
import { Card } from "../../ui/basics";

/** What is kept in this browser only. */
export function ThisBrowser() {
  const [theme] = usePreference<Theme>("theme", "dark");
  return (
    <section id="this-browser" aria-labelledby="this-browser-title" className="mb-8 scroll-mt-16">
      <h2 id="this-browser-title" className="mb-2 text-lg font-semibold">{t("browser.title")}</h2>
      <Card className="divide-y divide-line">
        <label className="grid items-center gap-2 p-4 sm:grid-cols-[1fr_minmax(14rem,20rem)]">
          <span className="font-medium">{t("browser.theme")}</span>
          <select value={theme} onChange={() => toggleTheme()} className="field text-sm"><option value="dark">{t("browser.dark")}</option><option value="light">{t("browser.light")}</option></select>
        </label>
        <label className="grid items-center gap-2 p-4 sm:grid-cols-[1fr_minmax(14rem,20rem)]">
          <span className="font-medium">{t("browser.language")}</span>
          <select value={currentLanguage()} onChange={(event) => void setLanguage(event.target.value as Language)} className="field text-sm">
            {(Object.keys(languages) as Language[]).map((one) => <option key={one} value={one} lang={one}>{languages[one]}</option>)}
          </select>
        </label>
      </Card>
    </section>
  );
}
