/** Light, dark, or as the system is set; remembered on this machine. */

import { useEffect, useState } from 'react';
import { Icon, type IconName } from '../shared/Icon.tsx';

const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const KEY = 'vigos-theme';
const LOOKS: Record<Theme, { label: string; icon: IconName }> = {
  system: { label: 'as the system', icon: 'system' },
  light: { label: 'light', icon: 'light' },
  dark: { label: 'dark', icon: 'dark' },
};

function stored(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    return 'system';
  }
}

export function ThemeButton() {
  const [theme, setTheme] = useState(stored);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }, [theme]);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  return (
    <button
      type="button"
      className="button"
      data-kind="quiet"
      data-shape="square"
      aria-label={`Theme: ${LOOKS[theme].label}. Change to ${LOOKS[next].label}.`}
      title={`Theme: ${LOOKS[theme].label}`}
      onClick={() => setTheme(next)}
    >
      <Icon name={LOOKS[theme].icon} />
    </button>
  );
}
