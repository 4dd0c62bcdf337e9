// Areas whose work has not begun: what each will be for, and what can be used today instead.

import { t } from "../../i18n";
import { areas } from "../../shell/areas";
import { ButtonLink, Empty, PageHead } from "../../ui/basics";

const instead = {
  music: ["/app/videos", "nav.videos"],
  scenes: ["/app/videos", "nav.videos"],
  encodes: ["/app/activity", "nav.activity"],
} as const;

export default function PlannedPage({ area }: { area: string }) {
  const name = area as keyof typeof instead;
  const { icon } = areas.find((one) => one.path === `/app/${area}`)!;
  const [to, word] = instead[name];
  return (
    <>
      <PageHead title={t(`nav.${name}`)} />
      <Empty icon={icon} title={t(`planned.${name}`)} action={<ButtonLink to={to} look="primary">{t(word)}</ButtonLink>}>
        <p>{t(`planned.${name}Text`)}</p>
        <p className="mt-2 text-sm text-faint">{t("planned.note")}</p>
      </Empty>
    </>
  );
}
