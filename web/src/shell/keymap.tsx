import { t, type Word } from "../i18n";
import { Key } from "../ui/basics";
import { Dialog } from "../ui/dialog";

const groups: { title: Word; rows: [string[], Word][] }[] = [
  {
    title: "keys.everywhere",
    rows: [[["/"], "keys.search"], [["Ctrl", "K"], "keys.palette"], [["?"], "keys.help"], [["h"], "keys.home"], [["Esc"], "keys.escape"]],
  },
  {
    title: "keys.lists",
    rows: [
      [["←", "→", "↑", "↓"], "keys.move"], [["Home", "End"], "keys.ends"], [["PgUp", "PgDn"], "keys.pages"], [["Enter"], "keys.open"],
      [["Space"], "keys.play"], [["x"], "keys.select"], [["Shift", "←→"], "keys.range"], [["Ctrl", "A"], "keys.all"], [["e"], "keys.edit"], [["Space", "↑↓"], "keys.reorder"],
    ],
  },
  {
    title: "keys.player",
    rows: [[["Space"], "keys.pause"], [["←", "→"], "keys.seek"], [["↑", "↓"], "keys.volume"], [["f"], "keys.fullscreen"], [["m"], "keys.mute"], [["n", "p"], "keys.neighbours"], [["<", ">"], "keys.speed"]],
  },
];

export function KeyMap({ close }: { close: () => void }) {
  return (
    <Dialog title={t("keys.title")} onClose={close} wide>
      <div className="gap-8 sm:columns-2">
        {groups.map((group) => (
          <section key={group.title} className="mb-6 break-inside-avoid">
            <h3 className="mb-2 text-sm font-semibold text-faint">{t(group.title)}</h3>
            <dl className="grid gap-1.5 text-sm">
              {group.rows.map(([keys, word]) => (
                <div key={word} className="flex items-center justify-between gap-3">
                  <dt>{t(word)}</dt>
                  <dd className="flex shrink-0 gap-1">{keys.map((key) => <Key key={key}>{key}</Key>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
